namespace FlyTftp.Reactive.Content.Cache;

/// <summary>
/// File bytes in memory, least recently used out first. What a transfer has pinned stays: that may take the cache beyond its capacity,
/// but never beyond its limit. One per loop and used on its thread only, so it has no lock.
/// </summary>
public sealed class ContentCache
{
    /// <summary>Bytes.</summary>
    public const long DefaultCapacity = 32 << 20, DefaultLimit = 128 << 20;

    private readonly Dictionary<ChunkKey, Chunk> _chunks = [];
    private readonly LinkedList<Chunk> _unpinned = new();
    private readonly long _capacity, _limit;

    // A stream of chunks through a full cache then uses the same buffers over and over.
    private byte[]? _spare;

    /// <param name="capacity">Bytes kept for whoever may ask next.</param>
    /// <param name="limit">Bytes in all, with those that running transfers hold; no less than the capacity.</param>
    public ContentCache(long capacity = DefaultCapacity, long limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, capacity);
        (_capacity, _limit) = (capacity, limit);
    }

    /// <summary>Bytes in memory now, pinned or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of it that running transfers hold.</summary>
    internal long PinnedBytes { get; private set; }

    /// <summary>Chunks that were asked for and found, or not.</summary>
    public long Hits { get; private set; }

    /// <inheritdoc cref="Hits"/>
    public long Misses { get; private set; }

    /// <summary>So much could be added now and held.</summary>
    internal bool HasRoomFor(long bytes) => PinnedBytes + bytes <= _limit;

    /// <summary>So much could be held if nobody else held anything.</summary>
    internal bool CouldHold(long bytes) => bytes <= _limit;

    internal bool Contains(ChunkKey key) => _chunks.ContainsKey(key);

    /// <summary>The chunk, pinned once more; it may be still on its way.</summary>
    internal Chunk? Find(ChunkKey key)
    {
        if (!_chunks.TryGetValue(key, out var chunk))
        {
            Misses++;
            return null;
        }

        Hits++;
        Pin(chunk);
        return chunk;
    }

    /// <summary>A new chunk without its bytes, pinned once.</summary>
    /// <param name="isNeeded"><c>false</c>: only while there is room within the capacity.</param>
    /// <returns><c>null</c>: no room, since all that is there is pinned.</returns>
    internal Chunk? Add(ChunkKey key, bool isNeeded)
    {
        var cost = Chunk.CostOf(key.Length);
        Shrink(_capacity - cost);
        if (Bytes + cost > (isNeeded ? _limit : _capacity)) return null;

        var bytes = _spare is { } spare && spare.Length == key.Length ? spare : GC.AllocateUninitializedArray<byte>(key.Length);
        if (bytes == _spare) _spare = null;
        var chunk = new Chunk(key, bytes) { Pins = 1, IsListed = true };
        _chunks.Add(key, chunk);
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
        Shrink(_capacity);
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
