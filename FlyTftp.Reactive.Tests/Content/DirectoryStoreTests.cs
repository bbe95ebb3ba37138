using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DirectoryStoreTests
{
    private const int Chunk = 64 * 1024, Large = DirectoryStore.SmallFileMax + (5 * Chunk) + 17;

    private readonly FakeTree _tree = new();
    private readonly ByHand _hand = new();
    private ContentCache _cache = new();

    private FakeTree.FakeFile Put(string name, int length) => _tree.Put(name, TestStore.Pattern(length));

    [Test]
    public void Sends_a_file_that_is_in_memory_without_the_worker([Values(0, 1, Chunk, Chunk + 1, DirectoryStore.SmallFileMax, Large)] int length)
    {
        var file = Put("hot", length);
        using (var content = Opened(Open("hot")))
        {
            Assert.That(content.Length, Is.EqualTo(length));
            Assert.That(ReadAll(content, 100_000).AsSpan().SequenceEqual(file.Octets));
        }

        Assert.That(_hand.Waiting, Is.EqualTo(length > DirectoryStore.SmallFileMax ? 1 : 0), "jobs: only the closing of a large file");
        _hand.Settle();
        Assert.That(_tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void Sends_a_file_that_has_to_be_waited_for([Values(0, 1, Chunk, DirectoryStore.SmallFileMax, Large)] int length, [Values(1432, 128 * 1024)] int count)
    {
        _tree.IsCold = true;
        var file = Put("cold", length);
        using (var content = Opened(Open("cold"))) Assert.That(ReadAll(content, count).AsSpan().SequenceEqual(file.Octets));

        _hand.Settle();
        Assert.That(_tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void Goes_on_inside_the_post_and_nowhere_else()
    {
        _tree.IsCold = true;
        Put("cold", 10);
        var thread = 0;
        var opening = Await();
        async Task Await()
        {
            await Store().OpenAsync(Path("cold"));
            thread = Environment.CurrentManagedThreadId;
        }

        _hand.Work();
        Assert.That(opening.IsCompleted, Is.False, "the loop has not heard of it");
        _hand.Settle();
        Assert.That((opening.IsCompleted, thread), Is.EqualTo((true, Environment.CurrentManagedThreadId)));
    }

    [Test]
    public void A_small_file_is_closed_as_soon_as_it_is_open()
    {
        Put("small", DirectoryStore.SmallFileMax);
        using var content = Opened(Open("small"));
        Assert.That(_tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void A_small_file_is_sent_as_it_was_opened_whatever_happens_to_it()
    {
        var file = Put("small", 3 * Chunk);
        var before = file.Octets;
        using var content = Opened(Open("small"));
        (file.Octets, file.Modified) = ([], 1);
        Assert.That(ReadAll(content, 512).AsSpan().SequenceEqual(before));
    }

    [Test]
    public void A_file_is_read_once_for_all_who_ask()
    {
        Put("small", 10);
        Opened(Open("small")).Dispose();
        Opened(Open("small")).Dispose();
        Assert.That(_tree.Reads, Is.EqualTo(1));
    }

    [Test]
    public void A_file_is_read_once_for_all_who_wait_for_it()
    {
        _tree.IsCold = true;
        var file = Put("cold", 10);
        var store = Store();
        var (one, other) = (store.OpenAsync(Path("cold")), store.OpenAsync(Path("cold")));
        _hand.Settle();
        using var first = Opened(one);
        using var second = Opened(other);
        Assert.That((ReadAll(first, 512), ReadAll(second, 512)), Is.EqualTo((file.Octets, file.Octets)));
        Assert.That((_tree.Reads, _tree.OpenHandles), Is.EqualTo((1, 0)));
    }

    [TestCase(true, Description = "renamed over")]
    [TestCase(false, Description = "written to")]
    public void A_changed_file_is_read_again(bool isReplaced)
    {
        var file = Put("changing", 10);
        Opened(Open("changing")).Dispose();
        byte[] after = [.. Enumerable.Repeat((byte)'x', 10)];
        if (isReplaced) _tree.Put("changing", after);
        else (file.Octets, file.Modified) = (after, 1);

        using var content = Opened(Open("changing"));
        Assert.That(ReadAll(content, 512), Is.EqualTo(after));
    }

    [Test]
    public void A_large_file_that_is_replaced_is_sent_to_its_end()
    {
        var file = Put("large", Large);
        using var content = Opened(Open("large"));
        var head = Read(content, 0, 1000);
        _tree.Put("large", new byte[Large]);
        Assert.That(head, Is.EqualTo(file.Octets[..1000]));
        Assert.That(Read(content, Large - 1000, 1000), Is.EqualTo(file.Octets[^1000..]));
    }

    [TestCase(0, "file was truncated while it was sent")]
    [TestCase(2 * Chunk, "file was truncated while it was sent")]
    [TestCase(Large, "file was changed while it was sent")]
    [TestCase(Large + 1, "file was changed while it was sent")]
    public void A_large_file_that_is_written_to_fails_instead_of_sending_wrong_octets(int length, string failure)
    {
        foreach (var isCold in (bool[])[false, true])
        {
            _tree.IsCold = isCold;
            _cache = new ContentCache();
            var file = Put("large", Large);
            using var content = Opened(Open("large"));
            Read(content, 0, 1000);
            (file.Octets, file.Modified) = (new byte[length], 1);
            Assert.That(Load(content, 4 * Chunk, Chunk).Failure, Is.EqualTo(failure));
        }
    }

    [Test]
    public void A_file_that_changes_between_the_read_and_the_look_is_not_sent()
    {
        _tree.IsCold = true;
        var file = Put("large", Large);
        using var content = Opened(Open("large"));
        var load = content.LoadAsync(0, 512);
        // The worker reads the old octets only after the file has become another: same length, later time.
        file.Modified = 1;
        _hand.Settle();
        Assert.That(load.Result.Failure, Is.EqualTo("file was changed while it was sent"));
    }

    [Test]
    public void A_failed_read_is_not_remembered()
    {
        var file = Put("small", 10);
        file.IsBroken = true;
        var refusal = Result(Open("small")).Refusal;
        Assert.That((refusal?.Reason, refusal?.Detail), Is.EqualTo((RefusalReason.Unreadable, "file cannot be read")));
        Assert.That((_tree.OpenHandles, _cache.Bytes), Is.EqualTo((0, 0)));

        file.IsBroken = false;
        using var content = Opened(Open("small"));
        Assert.That(ReadAll(content, 512).AsSpan().SequenceEqual(file.Octets));
    }

    [Test]
    public void A_disk_error_in_the_middle_ends_all_transfers_that_wait_for_it()
    {
        _tree.IsCold = true;
        var file = Put("large", Large);
        var store = Store();
        using var one = Opened(store.OpenAsync(Path("large")));
        using var other = Opened(store.OpenAsync(Path("large")));
        var (first, second) = (one.LoadAsync(0, 512), other.LoadAsync(0, 512));
        file.IsBroken = true;
        _hand.Settle();
        Assert.That((first.Result.Failure, second.Result.Failure), Is.EqualTo(("file cannot be read", "file cannot be read")));
        Assert.That(_cache.Bytes, Is.GreaterThan(0), "held until the sessions end");
    }

    [Test]
    public void A_full_queue_refuses_instead_of_waiting()
    {
        Put("large", Large);
        using var content = Opened(Open("large"));
        _tree.IsCold = true;
        _hand.Capacity = 0;
        Assert.That(Result(Open("large")).Refusal?.Reason, Is.EqualTo(RefusalReason.Unreadable));
        Assert.That(Load(content, 0, 512).Failure, Is.EqualTo("too many reads wait for the disk"));

        _hand.Capacity = 100;
        Assert.That(Load(content, 0, 512), Is.EqualTo(LoadResult.Of(512)));
    }

    [Test]
    public void Reads_one_chunk_ahead_while_the_disk_is_slow()
    {
        _tree.IsCold = true;
        Put("large", Large);
        using var content = Opened(Open("large"));
        for (var offset = 0; offset < 10 * Chunk; offset += Chunk / 2)
        {
            var load = content.LoadAsync(offset, Chunk / 2);
            Assert.That(load.IsCompleted, Is.EqualTo(offset > 0), $"at {offset}");
            _hand.Settle();
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
        _tree.IsCold = true;
        var load = slow.LoadAsync(0, 512);
        _tree.IsCold = false;
        using var hot = store.OpenAsync(Path("hot")).Result.Content!;
        Assert.That((load.IsCompleted, hot.LoadAsync(0, 10).IsCompleted), Is.EqualTo((false, true)));
        _hand.Settle();
    }

    [Test]
    public void A_session_that_ends_during_a_read_leaves_nothing_open()
    {
        _tree.IsCold = true;
        Put("large", Large);
        var content = Opened(Open("large"));
        var load = content.LoadAsync(0, 512);
        content.Dispose();
        Assert.That(_tree.OpenHandles, Is.EqualTo(1), "the worker is still to read from it");
        _hand.Settle();
        Assert.That((_tree.OpenHandles, load.Result.Failure), Is.EqualTo((0, "closed")));
    }

    [Test]
    public void A_session_that_ends_while_another_waits_for_its_read_takes_nothing_away()
    {
        _tree.IsCold = true;
        var file = Put("large", Large);
        var store = Store();
        var first = Opened(store.OpenAsync(Path("large")));
        using var second = Opened(store.OpenAsync(Path("large")));
        _ = first.LoadAsync(0, 512).AsTask();
        var load = second.LoadAsync(0, 512);
        first.Dispose();
        _hand.Settle();
        Assert.That(load.Result, Is.EqualTo(LoadResult.Of(512)));
        Assert.That(Read(second, 0, 512), Is.EqualTo(file.Octets[..512]));
    }

    [Test]
    public void What_was_loaded_last_stays_though_the_cache_is_tiny()
    {
        _cache = new ContentCache(capacity: 0, limit: 16 * (Chunk + 1024));
        var (one, other) = (Put("one", Large), Put("other", Large));
        var store = Store();
        using var first = Opened(store.OpenAsync(Path("one")));
        using var second = Opened(store.OpenAsync(Path("other")));
        for (var offset = 0; offset < Large; offset += 100_000)
        {
            var count = Math.Min(100_000, Large - offset);
            Assert.That((Load(first, offset, count).Available, Load(second, offset, count).Available), Is.EqualTo((count, count)));
            Assert.That(Copy(first, offset, count).AsSpan().SequenceEqual(one.Octets.AsSpan(offset, count)));
            Assert.That(Copy(second, offset, count).AsSpan().SequenceEqual(other.Octets.AsSpan(offset, count)));
        }
    }

    [Test]
    public void Memory_has_a_limit_even_if_all_of_it_is_in_use()
    {
        _cache = new ContentCache(capacity: Chunk, limit: 3 * (Chunk + 1024));
        Put("one", Large);
        Put("other", Large);
        using var first = Opened(Open("one"));
        var second = Opened(Open("other"));
        Assert.That(Load(first, 0, 2 * Chunk).Failure, Is.Null);
        Assert.That(Load(second, 0, 2 * Chunk).Failure, Is.EqualTo("too much content is in use at once"));
        second.Dispose();
        Assert.That(Load(first, Chunk, 2 * Chunk).Failure, Is.Null);
        Assert.That(_cache.Bytes, Is.LessThanOrEqualTo(3 * (Chunk + 1024)));
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

    [Test]
    public void A_real_file_cut_short_while_it_is_sent_fails([Values] bool inTheKernel)
    {
        using var tree = new TestTree();
        var octets = TestStore.Pattern(Large);
        tree.Write("large", octets);
        using var opener = RealOpener(tree, inTheKernel);
        using var content = Opened(Store(opener).OpenAsync(Path("large")));
        Assert.That(Read(content, 0, 1000), Is.EqualTo(octets[..1000]));

        using (var file = File.Open(tree.PathOf("large"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(3 * Chunk);
        Assert.That(Load(content, 4 * Chunk, 512).Failure, Is.EqualTo("file was truncated while it was sent"));
    }

    [Test]
    public void A_real_file_renamed_over_while_it_is_sent_is_sent_to_its_end([Values] bool inTheKernel)
    {
        using var tree = new TestTree();
        var octets = TestStore.Pattern(Large);
        tree.Write("large", octets);
        using var opener = RealOpener(tree, inTheKernel);
        var store = Store(opener);
        using var content = Opened(store.OpenAsync(Path("large")));
        Assert.That(Read(content, 0, 1000), Is.EqualTo(octets[..1000]));

        tree.Write("next", new byte[Large]);
        File.Move(tree.PathOf("next"), tree.PathOf("large"), overwrite: true);
        using var next = Opened(store.OpenAsync(Path("large")));
        Assert.That(ReadAll(content, 100_000).AsSpan().SequenceEqual(octets));
        Assert.That(ReadAll(next, 100_000).AsSpan().IndexOfAnyExcept((byte)0), Is.Negative);
    }

    private static IFileOpener RealOpener(TestTree tree, bool inTheKernel)
    {
        if (!inTheKernel) return new PortableOpener(tree.Root);
        if (!NativeFiles.IsSupported || !BeneathOpener.TryCreate(tree.Root, out var opener, out _)) Assert.Ignore("No openat2 here.");
        else return opener;
        return null!;
    }

    private static SafePath Path(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return path!;
    }

    private DirectoryStore Store(IFileOpener? opener = null) => new(opener ?? _tree, _cache, _hand, _hand.PostToLoop);

    private ValueTask<OpenResult> Open(string name) => Store().OpenAsync(Path(name));

    private OpenResult Result(ValueTask<OpenResult> opening)
    {
        _hand.Settle();
        Assert.That(opening.IsCompleted);
        return opening.Result;
    }

    private IContent Opened(ValueTask<OpenResult> opening)
    {
        var result = Result(opening);
        Assert.That(result.Content, Is.Not.Null, result.Refusal?.ToString());
        return result.Content!;
    }

    private LoadResult Load(IContent content, long offset, int count)
    {
        var load = content.LoadAsync(offset, count);
        if (!load.IsCompleted) _hand.Settle();
        Assert.That(load.IsCompleted);
        return load.Result;
    }

    private static byte[] Copy(IContent content, long offset, int count)
    {
        var octets = new byte[count];
        return octets[..content.CopyTo(offset, octets)];
    }

    private byte[] Read(IContent content, long offset, int count)
    {
        Assert.That(Load(content, offset, count), Is.EqualTo(LoadResult.Of(count)));
        return Copy(content, offset, count);
    }

    private byte[] ReadAll(IContent content, int count)
    {
        var all = new List<byte>();
        while (Load(content, all.Count, count) is { Available: > 0 } loaded)
        {
            Assert.That(loaded.Failure, Is.Null);
            all.AddRange(Copy(content, all.Count, loaded.Available));
        }

        return [.. all];
    }
}
