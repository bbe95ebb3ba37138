using System.Buffers.Binary;
using System.Numerics;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>Bits that are read from the end of their bytes to the beginning; before that there are zeros (RFC 8878 §4.1).</summary>
internal ref struct BackwardBits
{
    private readonly ReadOnlySpan<byte> _bytes;

    public BackwardBits(ReadOnlySpan<byte> bytes)
    {
        // The highest bit set in the last byte is not part of them.
        Damage.If(bytes.IsEmpty || bytes[^1] == 0);
        _bytes = bytes;
        Left = (bytes.Length - 1) * 8 + BitOperations.Log2(bytes[^1]);
    }

    /// <summary>Bits that are left; less than none where more was read than there was.</summary>
    public int Left { get; private set; }

    /// <param name="count">At most 31.</param>
    public int Read(int count)
    {
        if (count == 0) return 0;
        Left -= count;
        if (Left < 0)
        {
            // What is before the beginning is zeros.
            var there = count + Left;
            return there <= 0 ? 0 : (int)(Window(0) & ((1UL << there) - 1)) << (count - there);
        }

        return (int)(Window(Left >> 3) >> (Left & 7) & ((1UL << count) - 1));
    }

    private readonly ulong Window(int at)
    {
        if (at + sizeof(ulong) <= _bytes.Length) return BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]);
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        _bytes[at..].CopyTo(last);
        return BinaryPrimitives.ReadUInt64LittleEndian(last);
    }
}
