using FlyTftp.Reactive.Content.Files;

namespace FlyTftp.Reactive.Content.Cache;

/// <summary>
/// One transfer's view of an open file. A small file is taken whole and closed: the transfer sees one consistent state of it and outlives
/// its truncation. Of a large one, the chunks that the last load touched are held, and the next one is read ahead once a read had to wait.
/// </summary>
internal sealed class FileContent(SharedFile file, ChunkLoader loader) : IContent
{
    private const string Closed = "closed";

    // Chunks _first, _first + 1, …, each pinned once.
    private readonly List<Chunk> _held = [];
    private long _first;
    private bool _isWhole, _isSlow, _isDisposed;

    public long? Length => file.Identity.Length;

    public int Version => file.Identity.GetHashCode();

    private long Bytes => file.Identity.Length;

    /// <summary>Takes the whole file into memory and closes it.</summary>
    /// <returns><c>null</c>, or why it failed.</returns>
    public ValueTask<string?> LoadWholeAsync()
    {
        var load = LoadAsync(0, (int)Bytes);
        return load.IsCompletedSuccessfully ? new(CloseIfWhole(load.Result)) : FinishAsync(load);

        async ValueTask<string?> FinishAsync(ValueTask<LoadResult> pending) => CloseIfWhole(await pending);
    }

    public ValueTask<LoadResult> LoadAsync(long offset, int count) => LoadAsync(offset, count, hasRoom: false);

    /// <param name="hasRoom">It has waited for its turn, and this is it.</param>
    private ValueTask<LoadResult> LoadAsync(long offset, int count, bool hasRoom)
    {
        var available = (int)Math.Clamp(Bytes - offset, 0, count);
        if (_isWhole || available == 0) return new(LoadResult.Of(available));

        var (first, last) = (offset / Chunk.Size, (offset + available - 1) / Chunk.Size);
        DropBefore(first);
        if (!hasRoom && loader.IsRoomAwaited && _first + _held.Count <= last) return WaitForRoomAsync(offset, count, last - first + 1);
        while (_first + _held.Count <= last)
        {
            if (loader.Take(file, _first + _held.Count, out var failure) is not { } chunk)
                return failure == ChunkLoader.Full ? WaitForRoomAsync(offset, count, last - first + 1) : new(LoadResult.Failed(failure!));
            _held.Add(chunk);
            _isSlow |= chunk.IsLoading;
        }

        if (_isSlow && (last + 1) * Chunk.Size < Bytes) loader.ReadAhead(file, last + 1);

        foreach (var chunk in _held)
        {
            if (chunk.IsLoading || chunk.Failure is not null) return WaitAsync(available);
        }

        return new(LoadResult.Of(available));
    }

    public int CopyTo(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(Bytes - offset, 0, destination.Length);
        for (var copied = 0; copied < count;)
        {
            var (number, start) = Math.DivRem(offset + copied, Chunk.Size);
            var bytes = _held[(int)(number - _first)].Bytes.AsSpan((int)start);
            bytes = bytes[..Math.Min(bytes.Length, count - copied)];
            bytes.CopyTo(destination[copied..]);
            copied += bytes.Length;
        }

        return count;
    }

    public void Dispose()
    {
        if (_isDisposed) return;

        _isDisposed = true;
        DropBefore(long.MaxValue);
        if (!_isWhole) file.Release();
    }

    private string? CloseIfWhole(LoadResult result)
    {
        if (result.Failure is not null || _isDisposed) return result.Failure;

        _isWhole = true;
        file.Release();
        return null;
    }

    private async ValueTask<LoadResult> WaitForRoomAsync(long offset, int count, long chunks)
    {
        DropBefore(long.MaxValue);
        if (loader.RoomForAsync(chunks) is not { } room) return LoadResult.Failed(ChunkLoader.Full);
        await room;
        return _isDisposed ? LoadResult.Failed(Closed) : await LoadAsync(offset, count, hasRoom: true);
    }

    private async ValueTask<LoadResult> WaitAsync(int available)
    {
        // By index: the list is this load's own until the next one, or until it is emptied by Dispose.
        for (var i = 0; i < _held.Count; i++)
        {
            if (_held[i].IsLoading) await _held[i].WhenLoaded();
            if (_isDisposed) return LoadResult.Failed(Closed);
            if (_held[i].Failure is { } failure) return LoadResult.Failed(failure);
        }

        return LoadResult.Of(available);
    }

    private void DropBefore(long first)
    {
        while (_held.Count > 0 && _first < first)
        {
            loader.Unpin(_held[0]);
            _held.RemoveAt(0);
            _first++;
        }

        if (_held.Count == 0) _first = first;
    }
}
