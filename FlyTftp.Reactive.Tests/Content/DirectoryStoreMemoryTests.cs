using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Cache;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>Transfers that need more memory than there is: who waits, and who comes first.</summary>
public sealed class DirectoryStoreMemoryTests : DirectoryStoreFixture
{
    [Test]
    public void Memory_has_a_limit_and_who_finds_it_in_use_waits_for_his_turn()
    {
        Cache = new ContentCache(capacity: Chunk, limit: 3 * (Chunk + 1024));
        Put("one", Large);
        var other = Put("other", Large);
        var store = Store();
        var first = Opened(store.OpenAsync(Path("one")));
        using var second = Opened(store.OpenAsync(Path("other")));
        using var third = Opened(store.OpenAsync(Path("other")));
        Assert.That(Load(first, 0, 2 * Chunk).Failure, Is.Null);
        var waiting = second.LoadAsync(0, 2 * Chunk);
        var behind = third.LoadAsync(2 * Chunk, 2 * Chunk);
        Hand.Settle();
        Assert.That((waiting.IsCompleted, behind.IsCompleted), Is.EqualTo((false, false)));

        Assert.That(Load(first, Chunk / 2, Chunk).Failure, Is.Null, "who needs no more than it holds goes on");
        first.Dispose();
        Hand.Settle();
        Assert.That((waiting.IsCompleted, behind.IsCompleted), Is.EqualTo((true, false)));
        Assert.That(waiting.Result, Is.EqualTo(LoadResult.Of(2 * Chunk)));
        Assert.That(Copy(second, 0, 2 * Chunk).AsSpan().SequenceEqual(other.Bytes.AsSpan(0, 2 * Chunk)));
        Assert.That(Cache.Bytes, Is.LessThanOrEqualTo(3 * (Chunk + 1024)));

        second.Dispose();
        Hand.Settle();
        Assert.That(behind.IsCompleted);
        Assert.That(behind.Result, Is.EqualTo(LoadResult.Of(2 * Chunk)));
    }

    [Test]
    public void Whoever_needs_more_gives_back_what_it_holds_and_waits_behind_those_who_wait()
    {
        Cache = new ContentCache(capacity: 0, limit: 3 * (Chunk + 1024));
        Put("large", Large);
        var store = Store();
        var contents = Enumerable.Range(0, 3).Select(_ => Opened(store.OpenAsync(Path("large")))).ToList();
        // Each is served as soon as it can be, and asks for the next two chunks at once. Two of the three chunks that fit are a load's.
        var turns = new List<int>();
        foreach (var (content, number) in contents.Select((content, number) => (content, number))) _ = Transfer(content, number);
        Hand.Settle();
        Assert.That(turns, Is.EqualTo(Enumerable.Repeat(new[] { 0, 1, 2 }, 6).SelectMany(round => round)));

        async Task Transfer(IContent content, int number)
        {
            // A window that straddles chunks never lets go of all of them by itself.
            for (var round = 0; round < 6; round++)
            {
                var load = await content.LoadAsync(((number * 7) + round) * Chunk, 2 * Chunk);
                Assert.That(load, Is.EqualTo(LoadResult.Of(2 * Chunk)));
                turns.Add(number);
                await Acknowledged();
            }

            content.Dispose();
        }

        Task Acknowledged()
        {
            var acknowledged = new TaskCompletionSource();
            Hand.PostToLoop(acknowledged.SetResult);
            return acknowledged.Task;
        }
    }

    [Test]
    public void A_newcomer_does_not_overtake_those_who_wait()
    {
        Cache = new ContentCache(capacity: Chunk, limit: 3 * (Chunk + 1024));
        Put("large", Large);
        Put("small", 10);
        var store = Store();
        var holder = Opened(store.OpenAsync(Path("large")));
        using var waiter = Opened(store.OpenAsync(Path("large")));
        Assert.That(Load(holder, 0, 2 * Chunk).Failure, Is.Null);
        var waiting = waiter.LoadAsync(4 * Chunk, 2 * Chunk);
        var newcomer = store.OpenAsync(Path("small"));
        Hand.Settle();
        Assert.That((waiting.IsCompleted, newcomer.IsCompleted), Is.EqualTo((false, false)), "there would be room for the small one");

        holder.Dispose();
        Hand.Settle();
        Assert.That((waiting.IsCompleted, newcomer.IsCompleted), Is.EqualTo((true, true)));
        Assert.That(Read(newcomer.Result.Content!, 0, 10), Has.Length.EqualTo(10));
        newcomer.Result.Content!.Dispose();
    }

    [Test]
    public void Who_goes_away_while_he_waits_leaves_his_turn_to_the_next()
    {
        Cache = new ContentCache(capacity: 0, limit: 2 * (Chunk + 1024));
        Put("one", Large);
        var store = Store();
        var first = Opened(store.OpenAsync(Path("one")));
        var second = Opened(store.OpenAsync(Path("one")));
        using var third = Opened(store.OpenAsync(Path("one")));
        Assert.That(Load(first, 0, 2 * Chunk).Failure, Is.Null);
        var gone = second.LoadAsync(4 * Chunk, 2 * Chunk);
        var next = third.LoadAsync(6 * Chunk, 2 * Chunk);
        second.Dispose();
        Hand.Settle();
        Assert.That((gone.IsCompleted, next.IsCompleted), Is.EqualTo((false, false)));
        first.Dispose();
        Hand.Settle();
        Assert.That((gone.IsCompleted, next.IsCompleted), Is.EqualTo((true, true)));
        Assert.That((gone.Result.Failure, next.Result), Is.EqualTo(("closed", LoadResult.Of(2 * Chunk))));
        Assert.That(Cache.PinnedBytes, Is.LessThanOrEqualTo(2 * (Chunk + 1024)));
    }

    [Test]
    public void What_would_never_fit_is_not_waited_for()
    {
        Cache = new ContentCache(capacity: 0, limit: 2 * (Chunk + 1024));
        Put("one", Large);
        using var content = Opened(Open("one"));
        Assert.That(Load(content, 0, 3 * Chunk).Failure, Is.EqualTo("too much content is in use at once"));
        Assert.That(Cache.PinnedBytes, Is.Zero);
        Assert.That(Load(content, 0, 2 * Chunk).Failure, Is.Null);
    }

    [Test]
    public void A_small_file_waits_to_be_taken_whole()
    {
        Cache = new ContentCache(capacity: 0, limit: 4 * (Chunk + 1024));
        Put("one", 3 * Chunk);
        Put("other", 3 * Chunk);
        var store = Store();
        var first = Opened(store.OpenAsync(Path("one")));
        var opening = store.OpenAsync(Path("other"));
        Hand.Settle();
        Assert.That(opening.IsCompleted, Is.False);
        first.Dispose();
        using var second = Opened(opening);
        Assert.That(Load(second, 0, 3 * Chunk), Is.EqualTo(LoadResult.Of(3 * Chunk)));
    }
}
