namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// A window that moves over a stream, so that a file and standard input are read alike: no seeking, and never more in memory than
/// <see cref="MaxWindow"/>.
/// </summary>
internal sealed class CaptureInput(Stream stream)
{
    /// <summary>Bytes: the largest block that is looked at as a whole, rounded up to a power of two.</summary>
    public const int MaxWindow = 512 * 1024;

    private const int FirstWindow = 64 * 1024;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(FirstWindow);
    private int _start, _end;
    private bool _ended;

    /// <summary>Bytes before the window.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes in the window.</summary>
    public int Available => _end - _start;

    /// <summary>Why the stream could not be read to its end; <c>null</c> while there is nothing to complain of.</summary>
    public string? Failure { get; private set; }

    /// <summary>Brings at least so many bytes into the window. False when the stream ends before that, or fails.</summary>
    /// <param name="count">At most <see cref="MaxWindow"/>.</param>
    public bool Has(int count)
    {
        if (Available >= count) return true;
        MakeRoom(count);
        while (Available < count && TryFill())
        {
        }

        return Available >= count;
    }

    /// <summary>Bytes of the window, as long as nothing more is asked for.</summary>
    public ReadOnlySpan<byte> Peek(int count) => _buffer.AsSpan(_start, count);

    public ReadOnlyMemory<byte> PeekMemory(int start, int count) => _buffer.AsMemory(_start + start, count);

    public void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Passes over bytes, be they more than any window holds. False when the stream ends before that, or fails.</summary>
    public bool TrySkip(long count)
    {
        while (count > Available)
        {
            count -= Available;
            Advance(Available);
            if (!Has(1)) return false;
        }

        Advance((int)count);
        return true;
    }

    private void MakeRoom(int count)
    {
        if (_start + count <= _buffer.Length) return;
        var target = count <= _buffer.Length ? _buffer : GC.AllocateUninitializedArray<byte>(MaxWindow);
        Buffer.BlockCopy(_buffer, _start, target, 0, Available);
        (_buffer, _start, _end) = (target, 0, Available);
    }

    private bool TryFill()
    {
        if (_ended) return false;
        try
        {
            var read = stream.Read(_buffer.AsSpan(_end));
            _end += read;
            _ended = read == 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception.Message;
            _ended = true;
        }

        return !_ended;
    }
}
