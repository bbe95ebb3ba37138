using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content;

/// <summary>
/// Another content as netascii sends it (RFC 1350 §1): offsets and lengths are those of the encoded bytes. Only what the last load
/// brought is in memory, so that a retransmission finds it there; loads never go back behind it. Owns the inner content.
/// </summary>
public sealed class NetasciiContent : IContent
{
    /// <summary>Bytes; a longer content is not read to its end only to learn its encoded length.</summary>
    public const int CountedMax = DirectoryStore.SmallFileMax;

    // Bytes of the inner content that are encoded at a time.
    private const int PieceSize = 16 * 1024;

    private const string Closed = "closed";

    private readonly IContent _inner;
    private readonly byte[] _piece = new byte[PieceSize];
    private ValueTask<LoadResult>? _counting;

    // Encoded bytes _start to _start + _length, and how many of the inner bytes they and those before them were.
    private byte[] _encoded = [];
    private long _start, _consumed;
    private int _length;
    private bool _isDisposed;

    public NetasciiContent(IContent inner)
    {
        _inner = inner;
        if (inner.Length is not <= CountedMax) return;

        var load = inner.LoadAsync(0, (int)inner.Length.Value);
        if (!load.IsCompletedSuccessfully) _counting = load;
        else if (load.Result.Failure is null) Length = CountEncoded();
    }

    /// <summary>Exact where the inner content is small and in memory; otherwise only encoding all of it would tell.</summary>
    public long? Length { get; }

    public int Version => _inner.Version;

    public ValueTask<LoadResult> LoadAsync(long offset, int count)
    {
        if (_counting is { } counting)
        {
            _counting = null;
            return AfterCountingAsync(counting, offset, count);
        }

        Skip(offset);
        while (_length < count || _start < offset)
        {
            // Two bytes more than asked: a pair is encoded whole, though only its first byte may have been asked for.
            if (_encoded.Length < count + 2) Array.Resize(ref _encoded, count + 2);
            var load = _inner.LoadAsync(_consumed, Math.Min(PieceSize, _encoded.Length - _length));
            if (!load.IsCompletedSuccessfully) return AfterInnerAsync(load, offset, count);
            var loaded = load.Result;
            if (loaded.Failure is not null) return new(loaded);
            if (loaded.Available == 0) break;
            Append(loaded.Available, offset);
        }

        return new(Loaded(offset, count));
    }

    public int CopyTo(long offset, Span<byte> destination)
    {
        var from = (int)Math.Clamp(offset - _start, 0, _length);
        var count = Math.Min(_length - from, destination.Length);
        _encoded.AsSpan(from, count).CopyTo(destination);
        return count;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _inner.Dispose();
    }

    // At most one load of the inner content may be under way: the count's, though nobody needs it any more, is waited for.
    private async ValueTask<LoadResult> AfterCountingAsync(ValueTask<LoadResult> counting, long offset, int count)
    {
        var counted = await counting;
        if (_isDisposed) return LoadResult.Failed(Closed);
        return counted.Failure is null ? await LoadAsync(offset, count) : counted;
    }

    private async ValueTask<LoadResult> AfterInnerAsync(ValueTask<LoadResult> pending, long offset, int count)
    {
        var loaded = await pending;
        // The session may have ended meanwhile, and what it held with it.
        if (_isDisposed) return LoadResult.Failed(Closed);
        if (loaded.Failure is not null) return loaded;
        if (loaded.Available == 0) return Loaded(offset, count);

        Append(loaded.Available, offset);
        return await LoadAsync(offset, count);
    }

    private LoadResult Loaded(long offset, int count) => LoadResult.Of(_start < offset ? 0 : Math.Min(_length, count));

    private void Append(int available, long offset)
    {
        var piece = _piece.AsSpan(0, _inner.CopyTo(_consumed, _piece.AsSpan(0, available)));
        Netascii.Encode(piece, _encoded.AsSpan(_length), out var consumed, out var written);
        _consumed += consumed;
        _length += written;
        Skip(offset);
    }

    private void Skip(long offset)
    {
        var skipped = (int)Math.Clamp(offset - _start, 0, _length);
        if (skipped == 0) return;

        _encoded.AsSpan(skipped, _length - skipped).CopyTo(_encoded);
        _start += skipped;
        _length -= skipped;
    }

    private long CountEncoded()
    {
        var total = 0L;
        for (long offset = 0; offset < _inner.Length;)
        {
            var count = _inner.CopyTo(offset, _piece.AsSpan(0, (int)Math.Min(PieceSize, _inner.Length.Value - offset)));
            total += Netascii.EncodedLength(_piece.AsSpan(0, count));
            offset += count;
        }

        return total;
    }
}
