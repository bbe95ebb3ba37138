using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>Goes through what may stand between an Ethernet header and IP: VLAN tags, LLC and SNAP, MPLS labels, PPPoE.</summary>
internal static class EtherType
{
    /// <summary>802.1Q knows one, 802.1ad two; more are not gone through.</summary>
    public const int MaxVlanTags = 4;

    /// <summary>Bytes before the PPP protocol (RFC 2516 §4).</summary>
    public const int PppoEHeader = 6;

    public const ushort IPv4 = 0x0800, IPv6 = 0x86DD, Bridged = 0x6558, Mpls = 0x8847;

    private const ushort Vlan = 0x8100, ServiceVlan = 0x88A8, OldServiceVlan = 0x9100, MplsMulticast = 0x8848, PppoESession = 0x8864;

    /// <summary>Smaller numbers in the field are an 802.3 frame's length.</summary>
    private const ushort Smallest = 0x0600;

    private const int SnapHeader = 8, MaxMplsLabels = 8;

    /// <param name="typeOffset">Where the type stands.</param>
    /// <param name="headerLength">Where what it is the type of begins.</param>
    public static LinkContent Find(ReadOnlySpan<byte> bytes, int typeOffset, int headerLength, ref int offset, ref int version)
    {
        offset = headerLength;
        for (var tags = 0; bytes.Length >= offset; tags++)
        {
            switch (BinaryPrimitives.ReadUInt16BigEndian(bytes[typeOffset..]))
            {
                case IPv4:
                    version = 4;
                    return LinkContent.Internet;
                case IPv6:
                    version = 6;
                    return LinkContent.Internet;
                case Vlan or ServiceVlan or OldServiceVlan when tags < MaxVlanTags:
                    // What follows a tag is two bytes of its own and the type of what is inside, whatever the header before it was.
                    typeOffset = offset + 2;
                    offset += 4;
                    break;
                case Mpls or MplsMulticast:
                    return FindBehindLabels(bytes, ref offset);
                case PppoESession:
                    return FindPpp(bytes, offset + PppoEHeader, ref offset, ref version);
                case < Smallest when bytes[offset..] is [0xAA, 0xAA, 3, ..] && tags <= MaxVlanTags:
                    // LLC and SNAP: 3 bytes, 3 of whose type it is, the type.
                    typeOffset = offset + 6;
                    offset += SnapHeader;
                    tags = MaxVlanTags;
                    break;
                default:
                    return LinkContent.Other;
            }
        }

        return LinkContent.Short;
    }

    /// <summary>PPP, with or without HDLC's address and control before it, and with a short protocol number or a long one (RFC 1661 §2, 1662 §3).</summary>
    public static LinkContent FindPpp(ReadOnlySpan<byte> bytes, int begin, ref int offset, ref int version)
    {
        offset = begin;
        if (bytes.Length < begin + 4) return LinkContent.Short;
        if (bytes[begin] == 0xFF && bytes[begin + 1] == 3) offset += 2;
        else if (bytes[begin] is 0x0F or 0x8F && bytes[begin + 1] == 0) return Find(bytes, begin + 2, begin + 4, ref offset, ref version);
        var isShort = (bytes[offset] & 1) == 1;
        var protocol = isShort ? bytes[offset] : BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
        offset += isShort ? 1 : 2;
        version = protocol switch { 0x21 => 4, 0x57 => 6, _ => 0 };
        return version != 0 ? LinkContent.Internet : protocol == 0x281 ? FindBehindLabels(bytes, ref offset) : LinkContent.Other;
    }

    private static LinkContent FindBehindLabels(ReadOnlySpan<byte> bytes, ref int offset)
    {
        for (var labels = 0; bytes.Length > offset + 4; labels++)
        {
            if (labels == MaxMplsLabels) return LinkContent.Other;
            var isLast = (bytes[offset + 2] & 1) == 1;
            offset += 4;
            // What is below the stack is not told; IP shows by its version.
            if (isLast) return bytes[offset] >> 4 is 4 or 6 ? LinkContent.Internet : LinkContent.Other;
        }

        return LinkContent.Short;
    }
}
