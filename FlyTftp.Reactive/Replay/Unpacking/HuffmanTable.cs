using System.Numerics;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>The prefix code of literals (RFC 8878 §4.2): of each run of bits the symbol it begins with, and how many of them that takes.</summary>
internal sealed class HuffmanTable
{
    private const int MaxBits = 11, MaxSymbols = 256, MaxWeightAccuracy = 6;

    private readonly byte[] _symbols, _bits;
    private readonly int _width;

    /// <param name="weights">Of all symbols but the last, whose is implied.</param>
    private HuffmanTable(ReadOnlySpan<byte> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
        {
            Damage.If(weight > MaxBits);
            sum += weight == 0 ? 0 : 1 << (weight - 1);
        }

        Damage.If(sum == 0);
        _width = BitOperations.Log2((uint)sum) + 1;
        var left = (1 << _width) - sum;
        Damage.If(_width > MaxBits || !BitOperations.IsPow2(left));
        (_symbols, _bits) = (new byte[1 << _width], new byte[1 << _width]);
        Span<byte> all = [.. weights, (byte)(BitOperations.Log2((uint)left) + 1)];
        var at = 0;
        for (var weight = 1; weight <= _width; weight++)
        {
            for (var symbol = 0; symbol < all.Length; symbol++)
            {
                if (all[symbol] != weight) continue;
                var count = 1 << (weight - 1);
                _symbols.AsSpan(at, count).Fill((byte)symbol);
                _bits.AsSpan(at, count).Fill((byte)(_width + 1 - weight));
                at += count;
            }
        }
    }

    /// <summary>Reads a description (§4.2.1).</summary>
    /// <param name="length">Bytes that it takes.</param>
    public static HuffmanTable Read(ReadOnlySpan<byte> bytes, out int length)
    {
        Damage.If(bytes.IsEmpty);
        Span<byte> weights = stackalloc byte[MaxSymbols];
        var (header, count) = (bytes[0], 0);
        if (header >= 128)
        {
            count = header - 127;
            length = 1 + (count + 1) / 2;
            Damage.If(bytes.Length < length);
            for (var number = 0; number < count; number++) weights[number] = (byte)(number % 2 == 0 ? bytes[1 + number / 2] >> 4 : bytes[1 + number / 2] & 15);
        }
        else
        {
            length = 1 + header;
            Damage.If(bytes.Length < length);
            var table = FseTable.Read(bytes[1..length], MaxWeightAccuracy, MaxBits + 2, out var used);
            var bits = new BackwardBits(bytes[(1 + used)..length]);
            var (one, other) = (bits.Read(table.Accuracy), bits.Read(table.Accuracy));
            // Two states take turns; the one that finds no more bits leaves the last word to the other.
            while (true)
            {
                Damage.If(count > MaxSymbols - 3);
                weights[count++] = table.Symbol(one);
                one = table.Next(one, ref bits);
                (one, other) = (other, one);
                if (bits.Left >= 0) continue;
                weights[count++] = table.Symbol(one);
                break;
            }
        }

        Damage.If(count >= MaxSymbols);
        return new HuffmanTable(weights[..count]);
    }

    public void Decode(ReadOnlySpan<byte> bytes, Span<byte> literals)
    {
        var bits = new BackwardBits(bytes);
        var mask = (1 << _width) - 1;
        var state = bits.Read(_width);
        foreach (ref var literal in literals)
        {
            literal = _symbols[state];
            var count = _bits[state];
            state = (state << count | bits.Read(count)) & mask;
        }

        Damage.If(bits.Left != -_width);
    }
}
