using FlyTftp.Reactive.Content.Files;

namespace FlyTftp.Reactive.Content.Cache;

/// <summary>
/// Brings chunks into the cache: at once where the operating system has the bytes in memory, else by the worker. Transfers that need
/// the same chunk share one read. Used on the loop only; what the worker reads comes back through <paramref name="post"/>.
/// </summary>
internal sealed class ChunkLoader(ContentCache cache, IContentWorker worker, Action<Action> post)
{
    private const string
        Truncated = "file was truncated while it was sent",
        Changed = "file was changed while it was sent",
        Unreadable = "file cannot be read";

    /// <summary>The failure of <see cref="Take"/> that time cures: see <see cref="RoomForAsync"/>.</summary>
    public const string Full = "too much content is in use at once";

    private readonly RoomQueue _queue = new(cache, post);

    /// <summary>Others wait for room: nothing is to be taken before them but what <see cref="RoomForAsync"/> has granted.</summary>
    public bool IsRoomAwaited => _queue.IsWaiting;

    /// <summary>Gives the chunk, pinned once for the caller; its bytes may still be being read.</summary>
    /// <returns><c>null</c> if there is no chunk because of <paramref name="failure"/>.</returns>
    public Chunk? Take(SharedFile file, long number, out string? failure)
    {
        failure = null;
        var key = new ChunkKey(file.Identity, number);
        if (cache.Find(key) is { } present) return present;

        if (cache.Add(key, isNeeded: true) is not { } chunk)
        {
            failure = Full;
            return null;
        }

        if (!TryRead(file.File, chunk, mayBlock: false, out failure)) ReadLater(file, chunk);
        else if (failure is not null) return Abandon(chunk);
        return chunk;
    }

    /// <summary>Has the chunk read by the worker if there is room for it; whoever needs it will find it or ask again.</summary>
    public void ReadAhead(SharedFile file, long number)
    {
        var key = new ChunkKey(file.Identity, number);
        if (IsRoomAwaited || cache.Contains(key) || cache.Add(key, isNeeded: false) is not { } chunk) return;

        chunk.IsReadAhead = true;
        ReadLater(file, chunk);
        Unpin(chunk);
    }

    /// <summary>Waits until so many chunks can be taken. Who calls holds none.</summary>
    /// <returns><c>null</c>: that many never can.</returns>
    public Task? RoomForAsync(long chunks)
    {
        var bytes = chunks * Chunk.CostOf(Chunk.Size);
        return cache.CouldHold(bytes) ? _queue.WaitAsync(bytes) : null;
    }

    public void Unpin(Chunk chunk)
    {
        cache.Unpin(chunk);
        _queue.GrantNext();
    }

    private void ReadLater(SharedFile file, Chunk chunk)
    {
        file.AddReference();
        cache.Pin(chunk);
        chunk.BeginRead();
        worker.Post(() =>
        {
            TryRead(file.File, chunk, mayBlock: true, out var failure);
            post(() => EndRead(file, chunk, failure));
        });
    }

    private void EndRead(SharedFile file, Chunk chunk, string? failure)
    {
        if (failure is not null) cache.Unlist(chunk);
        file.Release();
        chunk.EndRead(failure);
        Unpin(chunk);
    }

    private Chunk? Abandon(Chunk chunk)
    {
        cache.Unlist(chunk);
        Unpin(chunk);
        return null;
    }

    /// <returns><c>false</c>: it would block. Otherwise the bytes are there, or the failure.</returns>
    private static bool TryRead(IOpenFile file, Chunk chunk, bool mayBlock, out string? failure)
    {
        failure = null;
        for (var filled = 0; filled < chunk.Bytes.Length;)
        {
            var read = file.Read(chunk.Key.Offset + filled, chunk.Bytes.AsSpan(filled), mayBlock);
            if (read == FileRead.WouldBlock && !mayBlock) return false;
            if (read.Count <= 0)
            {
                failure = read.Count == 0 ? Truncated : Unreadable;
                return true;
            }

            filled += read.Count;
        }

        // After the read, since the bytes are sent as those of the file that was opened only if it was still that file when they were read.
        if (file.IdentifyAgain(mayBlock) is not { } now) failure = Unreadable;
        else if (now != chunk.Key.File) failure = now.Length < chunk.Key.File.Length ? Truncated : Changed;
        return true;
    }
}
