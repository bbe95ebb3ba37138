using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Cache;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

public sealed class DirectoryStoreTests : DirectoryStoreFixture
{
    [Test]
    public void Sends_a_file_that_is_in_memory_without_the_worker([Values(0, 1, Chunk, Chunk + 1, DirectoryStore.SmallFileMax, Large)] int length)
    {
        var file = Put("hot", length);
        using (var content = Opened(Open("hot")))
        {
            Assert.That(content.Length, Is.EqualTo(length));
            Assert.That(ReadAll(content, 100_000).AsSpan().SequenceEqual(file.Bytes));
        }

        Assert.That(Hand.Waiting, Is.EqualTo(length > DirectoryStore.SmallFileMax ? 1 : 0), "jobs: only the closing of a large file");
        Hand.Settle();
        Assert.That(Tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void Sends_a_file_that_has_to_be_waited_for([Values(0, 1, Chunk, DirectoryStore.SmallFileMax, Large)] int length, [Values(1432, 128 * 1024)] int count)
    {
        Tree.IsCold = true;
        var file = Put("cold", length);
        using (var content = Opened(Open("cold"))) Assert.That(ReadAll(content, count).AsSpan().SequenceEqual(file.Bytes));

        Hand.Settle();
        Assert.That(Tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void Goes_on_inside_the_post_and_nowhere_else()
    {
        Tree.IsCold = true;
        Put("cold", 10);
        var thread = 0;
        var opening = Await();
        async Task Await()
        {
            await Store().OpenAsync(Path("cold"));
            thread = Environment.CurrentManagedThreadId;
        }

        Hand.Work();
        Assert.That(opening.IsCompleted, Is.False, "the loop has not heard of it");
        Hand.Settle();
        Assert.That((opening.IsCompleted, thread), Is.EqualTo((true, Environment.CurrentManagedThreadId)));
    }

    [Test]
    public void A_file_is_read_once_for_all_who_ask()
    {
        Put("small", 10);
        Opened(Open("small")).Dispose();
        Opened(Open("small")).Dispose();
        Assert.That(Tree.Reads, Is.EqualTo(1));
    }

    [Test]
    public void A_file_is_read_once_for_all_who_wait_for_it()
    {
        Tree.IsCold = true;
        var file = Put("cold", 10);
        var store = Store();
        var (one, other) = (store.OpenAsync(Path("cold")), store.OpenAsync(Path("cold")));
        Hand.Settle();
        using var first = Opened(one);
        using var second = Opened(other);
        Assert.That((ReadAll(first, 512), ReadAll(second, 512)), Is.EqualTo((file.Bytes, file.Bytes)));
        Assert.That((Tree.Reads, Tree.OpenHandles), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_failed_read_is_not_remembered()
    {
        var file = Put("small", 10);
        file.IsBroken = true;
        var refusal = Result(Open("small")).Refusal;
        Assert.That((refusal?.Reason, refusal?.Detail), Is.EqualTo((RefusalReason.Unreadable, "file cannot be read")));
        Assert.That((Tree.OpenHandles, Cache.Bytes), Is.EqualTo((0, 0)));

        file.IsBroken = false;
        using var content = Opened(Open("small"));
        Assert.That(ReadAll(content, 512).AsSpan().SequenceEqual(file.Bytes));
    }

    [Test]
    public void A_disk_error_in_the_middle_ends_all_transfers_that_wait_for_it()
    {
        Tree.IsCold = true;
        var file = Put("large", Large);
        var store = Store();
        using var one = Opened(store.OpenAsync(Path("large")));
        using var other = Opened(store.OpenAsync(Path("large")));
        var (first, second) = (one.LoadAsync(0, 512), other.LoadAsync(0, 512));
        file.IsBroken = true;
        Hand.Settle();
        Assert.That((first.Result.Failure, second.Result.Failure), Is.EqualTo(("file cannot be read", "file cannot be read")));
        Assert.That(Cache.Bytes, Is.GreaterThan(0), "held until the sessions end");
    }

    [Test]
    public void Too_many_files_that_wait_for_the_disk_are_refused_for_now()
    {
        Put("large", Large);
        using var content = Opened(Open("large"));
        Tree.IsCold = true;
        var store = Store();
        for (var waiting = 0; waiting < DirectoryStore.OpeningsMax; waiting++) _ = store.OpenAsync(Path("nothing")).AsTask();
        var refused = store.OpenAsync(Path("large"));
        Assert.That((refused.IsCompleted, refused.Result.Refusal?.IsTemporary), Is.EqualTo((true, (bool?)true)));

        Assert.That(Load(content, 0, 512), Is.EqualTo(LoadResult.Of(512)), "a transfer that runs gets its bytes");
        Opened(store.OpenAsync(Path("large"))).Dispose();
    }

    [Test]
    public void Reads_one_chunk_ahead_while_the_disk_is_slow()
    {
        Tree.IsCold = true;
        Put("large", Large);
        using var content = Opened(Open("large"));
        for (var offset = 0; offset < 10 * Chunk; offset += Chunk / 2)
        {
            var load = content.LoadAsync(offset, Chunk / 2);
            Assert.That(load.IsCompleted, Is.EqualTo(offset > 0), $"at {offset}");
            Hand.Settle();
        }
    }

    [Test]
    public void Another_session_goes_on_while_one_waits()
    {
        Put("hot", 10);
        var store = Store();
        Opened(store.OpenAsync(Path("hot"))).Dispose();
        Put("slow", Large);
        using var slow = Opened(store.OpenAsync(Path("slow")));
        Tree.IsCold = true;
        var load = slow.LoadAsync(0, 512);
        Tree.IsCold = false;
        using var hot = store.OpenAsync(Path("hot")).Result.Content!;
        Assert.That((load.IsCompleted, hot.LoadAsync(0, 10).IsCompleted), Is.EqualTo((false, true)));
        Hand.Settle();
    }

    [Test]
    public void A_session_that_ends_during_a_read_leaves_nothing_open()
    {
        Tree.IsCold = true;
        Put("large", Large);
        var content = Opened(Open("large"));
        var load = content.LoadAsync(0, 512);
        content.Dispose();
        Assert.That(Tree.OpenHandles, Is.EqualTo(1), "the worker is still to read from it");
        Hand.Settle();
        Assert.That((Tree.OpenHandles, load.Result.Failure), Is.EqualTo((0, "closed")));
    }

    [Test]
    public void A_session_that_ends_while_another_waits_for_its_read_takes_nothing_away()
    {
        Tree.IsCold = true;
        var file = Put("large", Large);
        var store = Store();
        var first = Opened(store.OpenAsync(Path("large")));
        using var second = Opened(store.OpenAsync(Path("large")));
        _ = first.LoadAsync(0, 512).AsTask();
        var load = second.LoadAsync(0, 512);
        first.Dispose();
        Hand.Settle();
        Assert.That(load.Result, Is.EqualTo(LoadResult.Of(512)));
        Assert.That(Read(second, 0, 512), Is.EqualTo(file.Bytes[..512]));
    }

    [Test]
    public void What_was_loaded_last_stays_though_theCache_is_tiny()
    {
        Cache = new ContentCache(capacity: 0, limit: 16 * (Chunk + 1024));
        var (one, other) = (Put("one", Large), Put("other", Large));
        var store = Store();
        using var first = Opened(store.OpenAsync(Path("one")));
        using var second = Opened(store.OpenAsync(Path("other")));
        for (var offset = 0; offset < Large; offset += 100_000)
        {
            var count = Math.Min(100_000, Large - offset);
            Assert.That((Load(first, offset, count).Available, Load(second, offset, count).Available), Is.EqualTo((count, count)));
            Assert.That(Copy(first, offset, count).AsSpan().SequenceEqual(one.Bytes.AsSpan(offset, count)));
            Assert.That(Copy(second, offset, count).AsSpan().SequenceEqual(other.Bytes.AsSpan(offset, count)));
        }
    }

    [Test]
    public void A_chunk_that_is_in_memory_costs_no_allocation()
    {
        Put("large", Large);
        var store = Store();
        Opened(store.OpenAsync(Path("large"))).Dispose();
        using var content = Opened(store.OpenAsync(Path("large")));
        using var again = Opened(store.OpenAsync(Path("large")));
        ReadAll(content, 1000);
        Load(again, 0, 2 * Chunk);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var offset = 0; offset < Large; offset += 1000) _ = again.LoadAsync(offset, Chunk + 1).Result;
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void What_the_opener_refuses_is_refused() =>
        Assert.That(Result(Open("nothing")).Refusal, Is.EqualTo(Refusal.NotFound));
}
