using FlyTftp.Reactive.Content.Files;

namespace FlyTftp.Reactive.Content.Cache;

/// <summary>Which part of which file. The file's state is part of the key, so that a changed file is another file.</summary>
internal readonly record struct ChunkKey(FileIdentity File, long Number)
{
    public long Offset => Number * Chunk.Size;

    /// <summary>Bytes: <see cref="Chunk.Size"/>, fewer at the end of the file.</summary>
    public int Length => (int)Math.Min(Chunk.Size, File.Length - Offset);
}

/// <summary>A run of a file's bytes, shared by every transfer that needs it. Touched on the loop only, but for the bytes that are being read.</summary>
internal sealed class Chunk
{
    /// <summary>Bytes.</summary>
    public const int Size = 64 * 1024;

    /// <summary>Bytes that the bookkeeping of a chunk takes, about: without them a million tiny files would fit into any cache.</summary>
    private const int Overhead = 512;

    private List<TaskCompletionSource>? _waiting;

    public Chunk(ChunkKey key, byte[] bytes)
    {
        (Key, Bytes) = (key, bytes);
        Place = new(this);
    }

    public ChunkKey Key { get; }

    public byte[] Bytes { get; }

    /// <summary>What it counts against the cache's bounds, in bytes.</summary>
    public long Cost => CostOf(Bytes.Length);

    /// <summary>Uses that forbid eviction: one per content that may copy from it, one while its bytes are read.</summary>
    public int Pins { get; set; }

    /// <summary>It is in the cache's index, for others to find.</summary>
    public bool IsListed { get; set; }

    /// <summary>Its place in the order of eviction, while nobody pins it.</summary>
    public LinkedListNode<Chunk> Place { get; }

    /// <summary>The worker is still to read it.</summary>
    public bool IsLoading => _waiting is not null;

    /// <summary>It was read before anybody asked for it.</summary>
    public bool IsReadAhead { get; set; }

    /// <summary>Why the bytes are not there, though nobody reads them any more.</summary>
    public string? Failure { get; private set; }

    public static long CostOf(int length) => length + Overhead;

    public void BeginRead() => _waiting = [];

    /// <summary>Of a chunk that is being read: ends inside <see cref="EndRead"/>.</summary>
    public Task WhenLoaded()
    {
        // One source for each who waits, and without RunContinuationsAsynchronously: a task with two continuations would run one of them
        // on the thread pool.
        var waiting = new TaskCompletionSource();
        _waiting!.Add(waiting);
        return waiting.Task;
    }

    /// <summary>The bytes are there, or never will be. Whoever waits goes on here and now.</summary>
    public void EndRead(string? failure)
    {
        Failure = failure;
        var waiting = _waiting;
        _waiting = null;
        foreach (var one in waiting!) one.SetResult();
    }
}
