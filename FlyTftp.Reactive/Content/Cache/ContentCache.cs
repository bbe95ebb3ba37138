namespace FlyTftp.Reactive.Content.Cache;

/// <summary>
/// File bytes in memory, least recently used out first. What a transfer has pinned stays: that may take the cache beyond its capacity,
/// but never beyond its limit. One per loop and used on its thread only, so it has no lock.
/// </summary>
internal sealed class ContentCache
{
    /// <summary>Bytes.</summary>
    public const long DefaultCapacity = 32 << 20, DefaultLimit = 128 << 20;

    /// <summary>Bytes, of each of many: less would not hold the largest windows and small files of a few transfers.</summary>
    public const long LeastCapacity = 4 << 20, LeastLimit = 16 << 20;

    private readonly Dictionary<ChunkKey, Chunk> _chunks = [];
    private readonly LinkedList<Chunk> _unpinned = new();

    // A stream of chunks through a full cache then uses the same buffers over and over.
    private byte[]? _spare;

    /// <param name="capacity">Bytes kept for whoever may ask next.</param>
    /// <param name="limit">Bytes in all, with those that running transfers hold; no less than the capacity.</param>
    public ContentCache(long capacity = DefaultCapacity, long limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, capacity);
        (Capacity, Limit) = (capacity, limit);
    }

    /// <summary>The cache of one of several loops: together they hold the default, from nine loops on the least for each.</summary>
    public static ContentCache OneOf(int loops) =>
        new(Math.Max(LeastCapacity, DefaultCapacity / loops), Math.Max(LeastLimit, DefaultLimit / loops));

    /// <summary>Bytes kept for whoever may ask next.</summary>
    public long Capacity { get; }

    /// <summary>Bytes in all, with those that running transfers hold.</summary>
    public long Limit { get; }

    /// <summary>Bytes in memory now, pinned or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of it that running transfers hold.</summary>
    internal long PinnedBytes { get; private set; }

    /// <summary>Chunks that a transfer needed and found in memory.</summary>
    public long Hits { get; private set; }

    /// <summary>Chunks that a transfer needed and that had to be read from the file, ahead of time or not.</summary>
    public long Misses { get; private set; }

    /// <summary>So much could be added now and held.</summary>
    internal bool HasRoomFor(long bytes) => PinnedBytes + bytes <= Limit;

    /// <summary>So much could be held if nobody else held anything.</summary>
    internal bool CouldHold(long bytes) => bytes <= Limit;

    internal bool Contains(ChunkKey key) => _chunks.ContainsKey(key);

    /// <summary>The chunk, pinned once more; its bytes may still be being read.</summary>
    internal Chunk? Find(ChunkKey key)
    {
        if (!_chunks.TryGetValue(key, out var chunk)) return null;

        if (chunk.IsReadAhead) Misses++;
        else Hits++;
        chunk.IsReadAhead = false;
        Pin(chunk);
        return chunk;
    }

    /// <summary>A new chunk without its bytes, pinned once.</summary>
    /// <param name="isNeeded"><c>false</c>: only while there is room within the capacity.</param>
    /// <returns><c>null</c>: no room, since all that is there is pinned.</returns>
    internal Chunk? Add(ChunkKey key, bool isNeeded)
    {
        var cost = Chunk.CostOf(key.Length);
        Shrink(Capacity - cost);
        if (Bytes + cost > (isNeeded ? Limit : Capacity)) return null;

        var bytes = _spare is { } spare && spare.Length == key.Length ? spare : GC.AllocateUninitializedArray<byte>(key.Length);
        if (bytes == _spare) _spare = null;
        var chunk = new Chunk(key, bytes) { Pins = 1, IsListed = true };
        _chunks.Add(key, chunk);
        if (isNeeded) Misses++;
        Bytes += cost;
        PinnedBytes += cost;
        return chunk;
    }

    internal void Pin(Chunk chunk)
    {
        if (chunk.Pins++ > 0) return;

        _unpinned.Remove(chunk.Place);
        PinnedBytes += chunk.Cost;
    }

    internal void Unpin(Chunk chunk)
    {
        if (--chunk.Pins > 0) return;

        PinnedBytes -= chunk.Cost;
        if (chunk.IsListed) _unpinned.AddFirst(chunk.Place);
        else Forget(chunk);
        Shrink(Capacity);
    }

    /// <summary>Nobody shall find this chunk any more. Its memory is given back when its last pin goes.</summary>
    internal void Unlist(Chunk chunk)
    {
        _chunks.Remove(chunk.Key);
        chunk.IsListed = false;
    }

    private void Shrink(long bytes)
    {
        while (Bytes > bytes && _unpinned.Last is { } oldest)
        {
            _unpinned.Remove(oldest);
            Unlist(oldest.Value);
            Forget(oldest.Value);
        }
    }

    private void Forget(Chunk chunk)
    {
        Bytes -= chunk.Cost;
        _spare = chunk.Bytes;
    }
}
