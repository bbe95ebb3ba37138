using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>An 802.11 data frame: its header, then LLC and SNAP. Enciphered ones cannot be read; aggregates are not taken apart.</summary>
internal static class WirelessFrame
{
    private const int HeaderLength = 24, AddressLength = 6, QosLength = 2, HtLength = 4, SnapHeader = 8;

    /// <param name="begin">Where it begins: behind a radiotap header, if there is one.</param>
    public static LinkContent Find(ReadOnlySpan<byte> bytes, int begin, ref int offset, ref int version)
    {
        if (bytes.Length < begin + HeaderLength) return LinkContent.Short;
        var control = BinaryPrimitives.ReadUInt16LittleEndian(bytes[begin..]);
        const int data = 2;
        var (kind, subtype) = (control >> 2 & 3, control >> 4 & 0xF);
        // Subtypes with this bit carry nothing.
        if (kind != data || (subtype & 4) != 0) return LinkContent.Other;
        if ((control & 0x4000) != 0) return LinkContent.Enciphered;
        var header = begin + HeaderLength;
        if ((control & 0x0300) == 0x0300) header += AddressLength;
        if ((subtype & 8) != 0)
        {
            header += QosLength;
            if ((control & 0x8000) != 0) header += HtLength;
        }

        return bytes.Length < header + SnapHeader ? LinkContent.Short
            : bytes[header..] is [0xAA, 0xAA, 3, ..] ? EtherType.Find(bytes, header + 6, header + SnapHeader, ref offset, ref version)
            : LinkContent.Other;
    }
}
