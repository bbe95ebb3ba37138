using System.Numerics;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>A table of finite state entropy (RFC 8878 §4.1): of each state its symbol, and how the next one is found.</summary>
internal sealed class FseTable
{
    private readonly byte[] _symbols, _bits;
    private readonly ushort[] _bases;

    private FseTable(int accuracy, ReadOnlySpan<short> counts)
    {
        Accuracy = accuracy;
        var size = 1 << accuracy;
        (_symbols, _bits, _bases) = (new byte[size], new byte[size], new ushort[size]);
        Span<ushort> next = stackalloc ushort[counts.Length];
        var high = size;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] != -1) continue;
            _symbols[--high] = (byte)symbol;
            next[symbol] = 1;
        }

        var (step, at) = ((size >> 1) + (size >> 3) + 3, 0);
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] <= 0) continue;
            next[symbol] = (ushort)counts[symbol];
            for (var left = counts[symbol]; left > 0; left--)
            {
                _symbols[at] = (byte)symbol;
                do at = (at + step) & (size - 1);
                while (at >= high);
            }
        }

        for (var state = 0; state < size; state++)
        {
            var rank = next[_symbols[state]]++;
            _bits[state] = (byte)(accuracy - BitOperations.Log2(rank));
            _bases[state] = (ushort)((rank << _bits[state]) - size);
        }
    }

    public int Accuracy { get; }

    public byte Symbol(int state) => _symbols[state];

    public int Next(int state, ref BackwardBits bits) => _bases[state] + bits.Read(_bits[state]);

    /// <summary>With counts that add up; −1 is less than one.</summary>
    public static FseTable Of(int accuracy, ReadOnlySpan<short> counts) => new(accuracy, counts);

    /// <summary>Of one symbol only.</summary>
    public static FseTable Of(byte symbol)
    {
        var table = new FseTable(0, [1]);
        table._symbols[0] = symbol;
        table._bits[0] = 0;
        return table;
    }

    /// <summary>Reads a description (§4.1.1).</summary>
    /// <param name="length">Bytes that it takes.</param>
    public static FseTable Read(ReadOnlySpan<byte> bytes, int maxAccuracy, int maxSymbols, out int length)
    {
        var at = 0;
        var accuracy = Bits(bytes, ref at, 4) + 5;
        Damage.If(accuracy > maxAccuracy);
        Span<short> counts = stackalloc short[maxSymbols];
        var (remaining, symbol) = (1 << accuracy, 0);
        while (remaining > 0)
        {
            Damage.If(symbol >= maxSymbols);
            var width = BitOperations.Log2((uint)remaining + 1) + 1;
            var value = Bits(bytes, ref at, width);
            var low = (1 << (width - 1)) - 1;
            var threshold = (1 << width) - 1 - (remaining + 1);
            if ((value & low) < threshold)
            {
                at--;
                value &= low;
            }
            else if (value > low)
            {
                value -= threshold;
            }

            var count = value - 1;
            remaining -= Math.Abs(count);
            Damage.If(remaining < 0);
            counts[symbol++] = (short)count;
            if (count != 0) continue;
            for (var repeats = 3; repeats == 3;)
            {
                repeats = Bits(bytes, ref at, 2);
                symbol += repeats;
                Damage.If(symbol > maxSymbols);
            }
        }

        length = (at + 7) / 8;
        return new FseTable(accuracy, counts[..symbol]);
    }

    private static int Bits(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        Damage.If(at + count > bytes.Length * 8);
        var value = 0;
        for (var bit = 0; bit < count; bit++, at++) value |= (bytes[at >> 3] >> (at & 7) & 1) << bit;
        return value;
    }
}
