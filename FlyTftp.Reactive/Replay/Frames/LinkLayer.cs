using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Replay.Frames;

internal enum LinkContent : byte
{
    Internet,
    Other,
    Short,
    UnknownType,

    /// <summary>There may be IP in it, but it is enciphered.</summary>
    Enciphered,
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
///                1        1           2           each: 2 length, 2 type, value, padded to 4
/// NFLOG      | family | version | resource |  TLVs; type 9 is the packet
/// </code>
/// </remarks>
internal static class LinkLayer
{
    private const int NflogHeader = 4, NflogTlvHeader = 4, NflogPayload = 9;

    /// <param name="offset">Bytes before the IP header.</param>
    /// <param name="version">Of IP, as the link says; 0 where it does not.</param>
    public static LinkContent Find(int linkType, ReadOnlySpan<byte> bytes, out int offset, out int version)
    {
        (offset, version) = (0, 0);
        switch (linkType)
        {
            case LinkType.Ethernet: return EtherType.Find(bytes, typeOffset: 12, headerLength: 14, ref offset, ref version);
            case LinkType.LinuxCooked: return EtherType.Find(bytes, typeOffset: 14, headerLength: 16, ref offset, ref version);
            case LinkType.LinuxCooked2: return EtherType.Find(bytes, typeOffset: 0, headerLength: 20, ref offset, ref version);
            case LinkType.CiscoHdlc: return EtherType.Find(bytes, typeOffset: 2, headerLength: 4, ref offset, ref version);
            case LinkType.BsdNull or LinkType.BsdLoop: return Family(bytes, ref offset, ref version);
            case LinkType.Ppp or LinkType.PppSerial: return EtherType.FindPpp(bytes, 0, ref offset, ref version);
            case LinkType.PppoE: return EtherType.FindPpp(bytes, EtherType.PppoEHeader, ref offset, ref version);
            case LinkType.Wireless: return WirelessFrame.Find(bytes, 0, ref offset, ref version);
            case LinkType.Radiotap: return bytes.Length < 4 ? LinkContent.Short : WirelessFrame.Find(bytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), ref offset, ref version);
            case LinkType.Nflog: return Nflog(bytes, ref offset);
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

    // The order of the machine that captured is not told; it is a PC's.
    private static LinkContent Nflog(ReadOnlySpan<byte> bytes, ref int offset)
    {
        for (offset = NflogHeader; offset + NflogTlvHeader <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
            if (length < NflogTlvHeader) return LinkContent.Other;
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[(offset + 2)..]) == NflogPayload)
            {
                offset += NflogTlvHeader;
                return LinkContent.Internet;
            }

            offset += length + 3 & ~3;
        }

        return LinkContent.Short;
    }
}
