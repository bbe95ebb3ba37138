namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>The sequences of a block (RFC 8878 §3.1.1.3.2): so many literals, then so many bytes from so far back.</summary>
internal sealed class ZstdSequences
{
    private static readonly FseTable
        DefaultLiterals = FseTable.Of(6, [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1]),
        DefaultMatches = FseTable.Of(6, [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1]),
        DefaultOffsets = FseTable.Of(5, [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]);

    private FseTable? _literals, _matches, _offsets;
    private int _last = 1, _second = 4, _third = 8;

    // Codes that stand for more than one length: the first, and the bits that are added to it.
    private static ReadOnlySpan<int> LiteralBases => [16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];

    private static ReadOnlySpan<byte> LiteralBits => [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    private static ReadOnlySpan<int> MatchBases => [35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539];

    private static ReadOnlySpan<byte> MatchBits => [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    /// <summary>Reads the section's header; what is left of the bytes are the sequences' bits.</summary>
    /// <returns>How many there are.</returns>
    public int Begin(ref ReadOnlySpan<byte> bytes)
    {
        Damage.If(bytes.IsEmpty);
        int count = bytes[0];
        if (count == 0) return 0;
        var header = count < 128 ? 1 : count < 255 ? 2 : 3;
        Damage.If(bytes.Length <= header);
        if (header > 1) count = header == 2 ? (count - 128 << 8) + bytes[1] : bytes[1] + (bytes[2] << 8) + 0x7F00;
        var modes = bytes[header];
        Damage.If((modes & 3) != 0);
        bytes = bytes[(header + 1)..];
        _literals = Table(modes >> 6, ref bytes, _literals, DefaultLiterals, 9, 36);
        _offsets = Table(modes >> 4 & 3, ref bytes, _offsets, DefaultOffsets, 8, 32);
        _matches = Table(modes >> 2 & 3, ref bytes, _matches, DefaultMatches, 9, 53);
        return count;
    }

    public (int Literals, int Offsets, int Matches) States(ref BackwardBits bits)
    {
        var literals = bits.Read(_literals!.Accuracy);
        var offsets = bits.Read(_offsets!.Accuracy);
        return (literals, offsets, bits.Read(_matches!.Accuracy));
    }

    /// <returns>Literals, then bytes to copy, and from how far back.</returns>
    public (int Literals, int Match, int Offset) Next(ref (int Literals, int Offsets, int Matches) states, ref BackwardBits bits, bool isLast)
    {
        var (offsetCode, matchCode, literalCode) = (_offsets!.Symbol(states.Offsets), _matches!.Symbol(states.Matches), _literals!.Symbol(states.Literals));
        // Further back than any window.
        Damage.If(offsetCode > 30);
        var value = (1 << offsetCode) + bits.Read(offsetCode);
        var match = matchCode < 32 ? matchCode + 3 : MatchBases[matchCode - 32] + bits.Read(MatchBits[matchCode - 32]);
        var literals = literalCode < 16 ? literalCode : LiteralBases[literalCode - 16] + bits.Read(LiteralBits[literalCode - 16]);
        Damage.If(bits.Left < 0);
        if (!isLast)
        {
            states.Literals = _literals.Next(states.Literals, ref bits);
            states.Matches = _matches.Next(states.Matches, ref bits);
            states.Offsets = _offsets.Next(states.Offsets, ref bits);
        }

        var offset = Offset(value, literals == 0);
        Damage.If(offset <= 0);
        return (literals, match, offset);
    }

    /// <summary>Small values are one of the last three offsets (§3.1.1.5).</summary>
    private int Offset(int value, bool hasNoLiterals)
    {
        if (value > 3)
        {
            (_last, _second, _third) = (value - 3, _last, _second);
            return _last;
        }

        switch (value + (hasNoLiterals ? 1 : 0))
        {
            case 1: break;
            case 2:
                (_last, _second) = (_second, _last);
                break;
            case 3:
                (_last, _second, _third) = (_third, _last, _second);
                break;
            default:
                (_last, _second, _third) = (_last - 1, _last, _second);
                break;
        }

        return _last;
    }

    private static FseTable Table(int mode, ref ReadOnlySpan<byte> bytes, FseTable? last, FseTable otherwise, int maxAccuracy, int maxSymbols)
    {
        switch (mode)
        {
            case 0: return otherwise;
            case 1:
                Damage.If(bytes.IsEmpty || bytes[0] >= maxSymbols);
                var symbol = bytes[0];
                bytes = bytes[1..];
                return FseTable.Of(symbol);
            case 2:
                var table = FseTable.Read(bytes, maxAccuracy, maxSymbols, out var length);
                bytes = bytes[length..];
                return table;
            default:
                Damage.If(last is null);
                return last;
        }
    }
}
