namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>
/// Unpacks gzip (RFC 1952), members one after the other, and the deflate data in them (RFC 1951). Of the check values the length is looked at. The
/// framework's own would bring a library of 300 kB into the program.
/// </summary>
/// <param name="packed">Read to its end.</param>
/// <param name="write">Given what is unpacked, in order.</param>
internal sealed class GzipReader(Stream packed, Action<ReadOnlySpan<byte>> write)
{
    private const int MaxDistance = 32 * 1024;

    private readonly ForwardBits _bits = new(packed);
    private readonly byte[] _window = new byte[4 * MaxDistance];
    private int _end, _written;
    private uint _length;

    // Codes that stand for more than one length or distance: the first, and the bits that are added to it (RFC 1951 §3.2.5).
    private static ReadOnlySpan<ushort> LengthBases => [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static ReadOnlySpan<byte> LengthBits => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBases => [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static ReadOnlySpan<byte> DistanceBits => [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    // In this order, so that the last ones are mostly left out (§3.2.7).
    private static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    public void Unpack()
    {
        // Behind the last member there may be padding.
        while (!_bits.IsAtEnd && _bits.Read(8) == 0x1F)
        {
            Damage.If(_bits.Read(8) != 0x8B || _bits.Read(8) != 8);
            Header(_bits.Read(8));
            _length = 0;
            while (!Block())
            {
            }

            Flush();
            _bits.Align();
            _ = _bits.Read(16) | _bits.Read(16);
            Damage.If((uint)(_bits.Read(16) | _bits.Read(16) << 16) != _length);
        }
    }

    private void Header(int flags)
    {
        // Time, system and level.
        _bits.Skip(6);
        if ((flags & 4) != 0) _bits.Skip(_bits.Read(16));
        for (var texts = (flags >> 3 & 1) + (flags >> 4 & 1); texts > 0; texts--)
        {
            while (_bits.Read(8) != 0)
            {
            }
        }

        if ((flags & 2) != 0) _bits.Skip(2);
    }

    /// <returns>It was the last.</returns>
    private bool Block()
    {
        var isLast = _bits.Read(1) == 1;
        switch (_bits.Read(2))
        {
            case 0:
                Stored();
                break;
            case 1:
                Span<byte> literals = stackalloc byte[288];
                for (var symbol = 0; symbol < literals.Length; symbol++) literals[symbol] = (byte)(symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
                Span<byte> distances = stackalloc byte[30];
                distances.Fill(5);
                Packed(new DeflateCode(literals), new DeflateCode(distances));
                break;
            case 2:
                Dynamic();
                break;
            default:
                Damage.If(true);
                break;
        }

        return isLast;
    }

    private void Stored()
    {
        _bits.Align();
        var length = _bits.Read(16);
        Damage.If((_bits.Read(16) ^ length) != 0xFFFF);
        for (; length > 0; length--) Put((byte)_bits.Read(8));
    }

    private void Dynamic()
    {
        var (literals, distances, orders) = (_bits.Read(5) + 257, _bits.Read(5) + 1, _bits.Read(4) + 4);
        Span<byte> lengths = stackalloc byte[320];
        lengths.Clear();
        for (var number = 0; number < orders; number++) lengths[LengthOrder[number]] = (byte)_bits.Read(3);
        var code = new DeflateCode(lengths[..19]);
        lengths.Clear();
        for (var at = 0; at < literals + distances;)
        {
            var symbol = code.Read(_bits);
            var (length, count) = symbol switch
            {
                16 => (at == 0 ? 0 : lengths[at - 1], _bits.Read(2) + 3),
                17 => (0, _bits.Read(3) + 3),
                18 => (0, _bits.Read(7) + 11),
                _ => (symbol, 1),
            };
            Damage.If(at + count > literals + distances || (symbol == 16 && at == 0));
            lengths.Slice(at, count).Fill((byte)length);
            at += count;
        }

        Packed(new DeflateCode(lengths[..literals]), new DeflateCode(lengths.Slice(literals, distances)));
    }

    private void Packed(DeflateCode literals, DeflateCode distances)
    {
        for (int symbol; (symbol = literals.Read(_bits)) != 256;)
        {
            if (symbol < 256)
            {
                Put((byte)symbol);
                continue;
            }

            Damage.If(symbol - 257 >= LengthBases.Length);
            var length = LengthBases[symbol - 257] + _bits.Read(LengthBits[symbol - 257]);
            var code = distances.Read(_bits);
            Damage.If(code >= DistanceBases.Length);
            var distance = DistanceBases[code] + _bits.Read(DistanceBits[code]);
            Damage.If(distance > _end);
            for (; length > 0; length--) Put(_window[_end - distance]);
        }
    }

    private void Put(byte value)
    {
        if (_end == _window.Length)
        {
            Flush();
            Buffer.BlockCopy(_window, _end - MaxDistance, _window, 0, MaxDistance);
            _end = _written = MaxDistance;
        }

        _window[_end++] = value;
    }

    private void Flush()
    {
        write(_window.AsSpan(_written, _end - _written));
        _length += (uint)(_end - _written);
        _written = _end;
    }
}
