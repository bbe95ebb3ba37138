using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>The frame around everything in a pcapng file (draft-ietf-opsawg-pcapng §3.1).</summary>
/// <remarks>
/// <code>
///    4          4            length − 12      4
/// | type | total length | body, padded to 4 | total length again |
/// </code>
/// </remarks>
internal readonly record struct PcapngBlock(uint Type, uint Length)
{
    public const uint
        // Reads the same in either byte order; the magic number in its body tells which one the section is in.
        SectionHeader = 0x0A0D_0D0A,
        InterfaceDescription = 1,
        ObsoletePacket = 2,
        SimplePacket = 3,
        EnhancedPacket = 6;

    /// <summary>Bytes before and after the body.</summary>
    public const int HeaderLength = 8, TrailerLength = 4;

    /// <summary>Bytes: what has to be there before <see cref="Parse"/> can be asked, and the smallest block.</summary>
    public const int MinLength = HeaderLength + TrailerLength;

    /// <summary>
    /// Bytes. A longer block is passed over if its type is not known here, and is a fault if it is: the largest packet and 64 KiB of
    /// options, comments included.
    /// </summary>
    public const int MaxLength = CaptureReader.MaxPacketLength + 64 * 1024 + 64;

    public const uint ByteOrderMagic = 0x1A2B_3C4D;

    private const int MinSectionHeader = 28;

    public bool IsKnown => Type is SectionHeader or InterfaceDescription or ObsoletePacket or SimplePacket or EnhancedPacket;

    /// <param name="bytes">At least <see cref="MinLength"/>.</param>
    /// <param name="order">Of the section; a section header changes it.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public static string? Parse(ReadOnlySpan<byte> bytes, ref ByteOrder order, out PcapngBlock block)
    {
        block = default;
        var type = order.UInt32(bytes);
        var least = MinLength;
        if (type == SectionHeader)
        {
            var magic = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
            if (magic != ByteOrderMagic && BinaryPrimitives.ReverseEndianness(magic) != ByteOrderMagic)
                return $"a section's byte-order magic {ByteOrderMagic:X8}, found {magic:X8}";
            order = new ByteOrder(magic == ByteOrderMagic);
            least = MinSectionHeader;
        }

        block = new PcapngBlock(type, order.UInt32(bytes[4..]));
        if (block.Length < least || block.Length % 4 != 0)
            return $"a block length of at least {least} and a multiple of 4, found {block.Length}";
        if (block.IsKnown && block.Length > MaxLength) return $"a block of at most {MaxLength} bytes, found one of {block.Length}";
        return null;
    }

    /// <summary>A section begins here, where something else is expected.</summary>
    /// <param name="bytes">At least <see cref="MinLength"/>.</param>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes) == SectionHeader
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) is ByteOrderMagic or 0x4D3C_2B1A;

    /// <param name="trailer">The last <see cref="TrailerLength"/> bytes of the block.</param>
    public string? ParseTrailer(ReadOnlySpan<byte> trailer, ByteOrder order)
    {
        var again = order.UInt32(trailer);
        return again == Length ? null : $"the block's length {Length} again at its end, found {again}";
    }

    /// <param name="body">Of a section header, at least 16 bytes.</param>
    public static string? ParseSectionHeader(ReadOnlySpan<byte> body, ByteOrder order)
    {
        // Only the major version tells of a change that an older reader cannot live with (§4.1).
        var major = order.UInt16(body[4..]);
        return major == 1 ? null : $"pcapng version 1, found {major}.{order.UInt16(body[6..])}";
    }
}
