using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>Decodes the blocks of one frame: what they refer back to, their tables and their last offsets are kept from one to the next.</summary>
/// <param name="window">Bytes that may be referred back by.</param>
internal sealed class ZstdBlock(int window)
{
    private const int MaxBlock = 128 * 1024, MaxSlack = 1 << 20;

    private readonly byte[] _literals = new byte[MaxBlock];
    private readonly ZstdSequences _sequences = new();
    private byte[] _history = [];
    private int _end;
    private HuffmanTable? _huffman;

    public ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> bytes)
    {
        var begin = MakeRoom(bytes.Length);
        bytes.CopyTo(_history.AsSpan(begin));
        return Added(begin, bytes.Length);
    }

    public ReadOnlySpan<byte> Repeat(byte value, int count)
    {
        var begin = MakeRoom(count);
        _history.AsSpan(begin, count).Fill(value);
        return Added(begin, count);
    }

    public ReadOnlySpan<byte> Compressed(ReadOnlySpan<byte> bytes)
    {
        var literals = Literals(ref bytes);
        var begin = MakeRoom(MaxBlock);
        var at = begin;
        var count = _sequences.Begin(ref bytes);
        if (count > 0)
        {
            var bits = new BackwardBits(bytes);
            var states = _sequences.States(ref bits);
            for (; count > 0; count--)
            {
                var (length, match, offset) = _sequences.Next(ref states, ref bits, isLast: count == 1);
                Damage.If(length > literals.Length || at + length + match > begin + MaxBlock || offset > at + length || offset > Math.Max(window, MaxBlock));
                literals[..length].CopyTo(_history.AsSpan(at));
                literals = literals[length..];
                at += length;
                Copy(at, offset, match);
                at += match;
            }

            Damage.If(bits.Left != 0);
        }

        Damage.If(at + literals.Length > begin + MaxBlock);
        literals.CopyTo(_history.AsSpan(at));
        return Added(begin, at + literals.Length - begin);
    }

    /// <summary>§3.1.1.3.1.</summary>
    private ReadOnlySpan<byte> Literals(ref ReadOnlySpan<byte> bytes)
    {
        Damage.If(bytes.IsEmpty);
        var (kind, format) = (bytes[0] & 3, bytes[0] >> 2 & 3);
        if (kind < 2)
        {
            var header = format switch { 1 => 2, 3 => 3, _ => 1 };
            var size = (int)(Number(bytes, header) >> (header == 1 ? 3 : 4));
            Damage.If(size > MaxBlock);
            var literals = _literals.AsSpan(0, size);
            bytes = bytes[header..];
            Damage.If(bytes.Length < (kind == 0 ? size : 1));
            if (kind == 0) bytes[..size].CopyTo(literals);
            else literals.Fill(bytes[0]);
            bytes = bytes[(kind == 0 ? size : 1)..];
            return literals;
        }

        var (length, width) = format switch { 2 => (4, 14), 3 => (5, 18), _ => (3, 10) };
        var number = Number(bytes, length) >> 4;
        var (regenerated, compressed) = ((int)(number & (1L << width) - 1), (int)(number >> width & (1L << width) - 1));
        Damage.If(regenerated > MaxBlock || bytes.Length < length + compressed);
        var packed = bytes.Slice(length, compressed);
        bytes = bytes[(length + compressed)..];
        if (kind == 2)
        {
            _huffman = HuffmanTable.Read(packed, out var used);
            packed = packed[used..];
        }

        Damage.If(_huffman is null);
        var all = _literals.AsSpan(0, regenerated);
        if (format == 0) _huffman.Decode(packed, all);
        else DecodeFour(_huffman, packed, all);
        return all;
    }

    private static void DecodeFour(HuffmanTable table, ReadOnlySpan<byte> packed, Span<byte> literals)
    {
        Damage.If(packed.Length < 6);
        var each = (literals.Length + 3) / 4;
        var streams = packed[6..];
        for (var number = 0; number < 3; number++)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(packed[(number * 2)..]);
            Damage.If(size > streams.Length || each > literals.Length);
            table.Decode(streams[..size], literals[..each]);
            streams = streams[size..];
            literals = literals[each..];
        }

        table.Decode(streams, literals);
    }

    /// <summary>Where source and copy overlap, what was copied is copied again.</summary>
    private void Copy(int at, int offset, int count)
    {
        var history = _history.AsSpan();
        if (offset >= count)
        {
            history.Slice(at - offset, count).CopyTo(history[at..]);
            return;
        }

        for (var number = 0; number < count; number++) history[at + number] = history[at + number - offset];
    }

    private int MakeRoom(int count)
    {
        var keep = Math.Max(window, MaxBlock);
        // Half as much again, so that it is moved seldom.
        var most = keep + keep / 2 + MaxSlack;
        if (_end + count > _history.Length && _history.Length < most) Array.Resize(ref _history, Math.Min(most, Math.Max(_end + count, _history.Length * 2)));
        if (_end + count <= _history.Length) return _end;
        var kept = Math.Min(_end, keep);
        Buffer.BlockCopy(_history, _end - kept, _history, 0, kept);
        return _end = kept;
    }

    private ReadOnlySpan<byte> Added(int begin, int count)
    {
        _end = begin + count;
        return _history.AsSpan(begin, count);
    }

    private static long Number(ReadOnlySpan<byte> bytes, int size)
    {
        Damage.If(bytes.Length < size);
        var number = 0L;
        for (var at = size - 1; at >= 0; at--) number = number << 8 | bytes[at];
        return number;
    }
}
