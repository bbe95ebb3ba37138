namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>Bits of a stream, the lowest of each byte first (RFC 1951 §3.1.1). What is read beyond its end is damage.</summary>
internal sealed class ForwardBits(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _at, _end, _count;
    private ulong _held;

    /// <summary>Between two bytes: there is no further one.</summary>
    public bool IsAtEnd => _count == 0 && _at == _end && !Fill();

    /// <param name="count">At most 16.</param>
    public int Read(int count)
    {
        Damage.If(!TryHold(count));
        return Take(count);
    }

    /// <summary>The next bits, without taking them; zeros beyond the end.</summary>
    public int Peek(int count)
    {
        TryHold(count);
        return (int)(_held & ((1UL << count) - 1));
    }

    /// <summary>Takes bits that were peeked at.</summary>
    public int Take(int count)
    {
        Damage.If(count > _count);
        var bits = (int)(_held & ((1UL << count) - 1));
        _held >>= count;
        _count -= count;
        return bits;
    }

    /// <summary>Goes on to the next whole byte.</summary>
    public void Align() => Take(_count & 7);

    public void Skip(int bytes)
    {
        for (; bytes > 0; bytes--) Read(8);
    }

    private bool TryHold(int count)
    {
        while (_count < count)
        {
            if (_at == _end && !Fill()) return false;
            _held |= (ulong)_buffer[_at++] << _count;
            _count += 8;
        }

        return true;
    }

    private bool Fill()
    {
        (_at, _end) = (0, stream.Read(_buffer));
        return _end > 0;
    }
}
