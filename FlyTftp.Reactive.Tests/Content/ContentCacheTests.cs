using FlyTftp.Reactive.Content.Cache;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>What the cache says of itself.</summary>
public sealed class ContentCacheTests : DirectoryStoreFixture
{
    [Test]
    public void Counts_every_chunk_that_a_transfer_needed_as_found_or_as_read([Values] bool isCold)
    {
        Tree.IsCold = isCold;
        Put("large", Large);
        using (var content = Opened(Open("large"))) ReadAll(content, 100_000);
        var chunks = (Large + Chunk - 1) / Chunk;
        Assert.That((Cache.Hits, Cache.Misses), Is.EqualTo((0L, (long)chunks)), "what was read ahead was read all the same");

        using (var again = Opened(Open("large"))) ReadAll(again, 100_000);
        Assert.That((Cache.Hits, Cache.Misses), Is.EqualTo(((long)chunks, (long)chunks)));
    }

    [Test]
    public void Who_has_to_wait_for_room_is_counted_once()
    {
        Cache = new ContentCache(capacity: 0, limit: 2 * (Chunk + 1024));
        Put("one", Large);
        var store = Store();
        var first = Opened(store.OpenAsync(Path("one")));
        using var second = Opened(store.OpenAsync(Path("one")));
        Load(first, 0, 2 * Chunk);
        var waiting = second.LoadAsync(4 * Chunk, 2 * Chunk);
        first.Dispose();
        Hand.Settle();
        Assert.That((waiting.IsCompleted, Cache.Hits, Cache.Misses), Is.EqualTo((true, 0L, 4L)));
    }

    [TestCase(1, 32, 128)]
    [TestCase(4, 8, 32)]
    [TestCase(8, 4, 16)]
    [TestCase(64, 4, 16)]
    public void Several_loops_divide_it_and_each_keeps_what_it_needs(int loops, int capacity, int limit)
    {
        var cache = ContentCache.OneOf(loops);
        Assert.That((cache.Capacity >> 20, cache.Limit >> 20), Is.EqualTo(((long)capacity, (long)limit)));
    }
}
