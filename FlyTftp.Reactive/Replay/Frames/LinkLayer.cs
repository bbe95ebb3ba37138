using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Replay.Frames;

internal enum LinkContent : byte
{
    Internet,
    Other,
    Short,
    UnknownType,
}

/// <summary>Finds the IP header behind the headers of the link.</summary>
/// <remarks>
/// <code>
///                6             6        2
/// Ethernet   | destination | source | type |                 each VLAN tag: 2 bytes type, 2 bytes more
///                2            2                2                8         2
/// cooked     | packet type | hardware type | address length | address | type |
///                2      2          4           2               1               1                8
/// cooked 2   | type | reserved | interface | hardware type | packet type | address length | address |
///                4
/// null, loop | address family, in the order of the machine that captured, or of the network |
/// </code>
/// </remarks>
internal static class LinkLayer
{
    /// <summary>802.1Q knows one, 802.1ad two; more are not gone through.</summary>
    public const int MaxVlanTags = 4;

    private const ushort IPv4 = 0x0800, IPv6 = 0x86DD, Vlan = 0x8100, ServiceVlan = 0x88A8, OldServiceVlan = 0x9100;

    /// <param name="offset">Bytes before the IP header.</param>
    /// <param name="version">Of IP, as the link says; 0 where it does not.</param>
    public static LinkContent Find(int linkType, ReadOnlySpan<byte> bytes, out int offset, out int version)
    {
        (offset, version) = (0, 0);
        switch (linkType)
        {
            case LinkType.Ethernet: return Typed(bytes, typeOffset: 12, headerLength: 14, ref offset, ref version);
            case LinkType.LinuxCooked: return Typed(bytes, typeOffset: 14, headerLength: 16, ref offset, ref version);
            case LinkType.LinuxCooked2: return Typed(bytes, typeOffset: 0, headerLength: 20, ref offset, ref version);
            case LinkType.BsdNull or LinkType.BsdLoop: return Family(bytes, ref offset, ref version);
            case LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd: return LinkContent.Internet;
            case LinkType.IPv4:
                version = 4;
                return LinkContent.Internet;
            case LinkType.IPv6:
                version = 6;
                return LinkContent.Internet;
            default: return LinkContent.UnknownType;
        }
    }

    private static LinkContent Typed(ReadOnlySpan<byte> bytes, int typeOffset, int headerLength, ref int offset, ref int version)
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
                default:
                    return LinkContent.Other;
            }
        }

        return LinkContent.Short;
    }

    private static LinkContent Family(ReadOnlySpan<byte> bytes, ref int offset, ref int version)
    {
        offset = 4;
        if (bytes.Length < offset) return LinkContent.Short;
        var family = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (family > ushort.MaxValue) family = BinaryPrimitives.ReverseEndianness(family);
        version = family switch
        {
            2 => 4,
            // AF_INET6 of Linux; NetBSD and OpenBSD; FreeBSD; macOS.
            10 or 24 or 28 or 30 => 6,
            _ => 0,
        };
        return version == 0 ? LinkContent.Other : LinkContent.Internet;
    }
}
