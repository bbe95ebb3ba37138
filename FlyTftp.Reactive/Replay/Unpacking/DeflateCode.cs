namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>A prefix code by the lengths of its words (RFC 1951 §3.2.2): of each run of bits the symbol it begins with.</summary>
internal sealed class DeflateCode
{
    private const int MaxLength = 15;

    // The symbol, and in the lowest four bits the length of its word; 0: no word begins so.
    private readonly ushort[] _words;
    private readonly int _width;

    /// <param name="lengths">Bits of each symbol's word; 0: it has none.</param>
    public DeflateCode(ReadOnlySpan<byte> lengths)
    {
        Span<int> counts = stackalloc int[MaxLength + 2];
        counts.Clear();
        foreach (var length in lengths)
        {
            Damage.If(length > MaxLength);
            counts[length]++;
            if (length > _width) _width = length;
        }

        _words = new ushort[1 << _width];
        Span<int> next = stackalloc int[MaxLength + 2];
        next.Clear();
        var word = 0;
        counts[0] = 0;
        for (var length = 1; length <= _width; length++)
        {
            next[length] = word = word + counts[length - 1] << 1;
            Damage.If(word + counts[length] > 1 << length);
        }

        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            var length = lengths[symbol];
            if (length == 0) continue;
            // Words come with their highest bit first.
            var first = Reverse(next[length]++, length);
            for (var run = first; run < _words.Length; run += 1 << length) _words[run] = (ushort)(symbol << 4 | length);
        }
    }

    public int Read(ForwardBits bits)
    {
        var word = _words[bits.Peek(_width)];
        Damage.If(word == 0);
        bits.Take(word & 15);
        return word >> 4;
    }

    private static int Reverse(int word, int length)
    {
        var reversed = 0;
        for (; length > 0; length--, word >>= 1) reversed = reversed << 1 | word & 1;
        return reversed;
    }
}
