using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>
/// Goes down a packet from header to header until it is at UDP, ICMP or something else: also through the tunnels by which switches and hosts mirror
/// their ports (VXLAN, GRE, ERSPAN, TZSP, Geneve) and IP in IP.
/// </summary>
/// <param name="bytes">The packet, as far as it was captured.</param>
/// <param name="isCut">The capture has less of it than there was on the wire.</param>
internal readonly ref struct FrameParser(ReadOnlySpan<byte> bytes, bool isCut)
{
    /// <summary>Headers of IP within each other; more are not gone through.</summary>
    public const int MaxLayers = 4;

    private const int UdpHeaderLength = 8, PortsLength = 4, IcmpHeaderLength = 8;
    private const byte IPv4InIp = 4, IPv6InIp = 41, Gre = 47, Esp = 50;
    private const ushort Erspan = 0x88BE, Erspan3 = 0x22EB, GrePpp = 0x880B;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public UdpFrame Link(int linkType, int offset = 0, int layer = 0)
    {
        if (offset > _bytes.Length) return Short("shorter than its tunnel's header");
        var content = LinkLayer.Find(linkType, _bytes[offset..], out var length, out var version);
        return content switch
        {
            LinkContent.Internet => Ip(offset + length, version, layer),
            LinkContent.Other => new UdpFrame(FrameKind.Other),
            LinkContent.UnknownType => new UdpFrame(FrameKind.UnknownLinkType),
            LinkContent.Enciphered => new UdpFrame(FrameKind.Unread, Detail: "enciphered 802.11"),
            _ => Short("shorter than its link-layer header"),
        };
    }

    /// <summary>What IP carries.</summary>
    /// <param name="offset">Of that.</param>
    public UdpFrame Payload(in IpHeader ip, int ipOffset, int offset, int layer)
    {
        if (ip.IsIcmp) return Icmp(_bytes[offset..], ip);
        return ip.Protocol switch
        {
            IpHeader.Udp => Udp(ip, ipOffset, offset, layer),
            IPv4InIp => Ip(offset, 4, layer + 1),
            IPv6InIp => Ip(offset, 6, layer + 1),
            Gre => InGre(offset, layer),
            Esp => new UdpFrame(FrameKind.Unread, Detail: "IPsec ESP"),
            _ => new UdpFrame(FrameKind.Other),
        };
    }

    private UdpFrame Ip(int offset, int version, int layer)
    {
        if (layer == MaxLayers) return new UdpFrame(FrameKind.Other);
        if (offset > _bytes.Length) return Short("shorter than its tunnel's header");
        var ip = IpHeader.Read(_bytes[offset..], version);
        if (ip.Flaw is not null) return ip.IsShort ? Short(ip.Flaw) : Malformed(ip.Flaw);
        if (!ip.IsFragment) return Payload(ip, offset, offset + ip.Length, layer);
        if (ip.Protocol is not (IpHeader.Udp or IPv4InIp or IPv6InIp or Gre)) return new UdpFrame(FrameKind.Other);
        var begin = offset + ip.Length;
        return new UdpFrame(FrameKind.Fragment)
        {
            IpOffset = offset,
            Fragment = new FragmentPart(ip, layer, begin, Math.Min(ip.PayloadLength, _bytes.Length - begin)),
        };
    }

    private UdpFrame Udp(in IpHeader ip, int ipOffset, int offset, int layer)
    {
        var datagram = _bytes[offset..];
        if (ip.PayloadLength < UdpHeaderLength) return Malformed("IP payload shorter than a UDP header");
        if (datagram.Length < UdpHeaderLength) return Short("shorter than its UDP header");
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        if (length < UdpHeaderLength || length > ip.PayloadLength) return Malformed("UDP length is not within the IP payload's");
        if (datagram.Length < length && !isCut) return Malformed("shorter than its UDP length");

        var (source, destination) = Ports(ip, datagram);
        if (InTunnel(destination.Port, offset + UdpHeaderLength, layer) is { Kind: not (FrameKind.Malformed or FrameKind.Other) } inner) return inner;
        var captured = Math.Min(datagram.Length, length) - UdpHeaderLength;
        return new UdpFrame(
            captured < length - UdpHeaderLength ? FrameKind.Truncated : FrameKind.Udp, source, destination, offset + UdpHeaderLength, captured,
            captured < length - UdpHeaderLength ? "shorter than its UDP length" : null)
        {
            MissingLength = length - UdpHeaderLength - captured,
            IpOffset = ipOffset,
        };
    }

    /// <summary>What a datagram to a tunnel's port has inside, if it is that tunnel's.</summary>
    private UdpFrame? InTunnel(ushort port, int offset, int layer)
    {
        const ushort vxlan = 4789, linuxVxlan = 8472, geneve = 6081, tzsp = 37008;
        var header = _bytes[Math.Min(offset, _bytes.Length)..];
        return port switch
        {
            vxlan or linuxVxlan when header is [8, _, _, _, _, _, _, _, ..] => Link(LinkType.Ethernet, offset + 8, layer + 1),
            geneve when header is [< 64, _, 0x65, 0x58, ..] => Link(LinkType.Ethernet, offset + 8 + header[0] * 4, layer + 1),
            tzsp when header is [1, 0 or 1, 0, var kind, ..] => InTzsp(kind, header, offset, layer),
            _ => null,
        };
    }

    /// <summary>TZSP's tags: 0 is padding, 1 the end, all others have a length.</summary>
    private UdpFrame InTzsp(byte kind, ReadOnlySpan<byte> header, int offset, int layer)
    {
        const byte wireless = 18;
        for (var at = 4; at < header.Length;)
        {
            if (header[at] == 1) return Link(kind == wireless ? LinkType.Wireless : kind, offset + at + 1, layer + 1);
            if (header[at] != 0 && at + 1 == header.Length) break;
            at += header[at] == 0 ? 1 : 2 + header[at + 1];
        }

        return Short("shorter than its tunnel's header");
    }

    /// <summary>RFC 2784, 2890: flags, type, then what the flags announce.</summary>
    private UdpFrame InGre(int offset, int layer)
    {
        var header = _bytes[offset..];
        if (header.Length < 4) return Short("shorter than its GRE header");
        var flags = BinaryPrimitives.ReadUInt16BigEndian(header);
        var type = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        // Routing (RFC 1701) and PPTP's version have another header.
        if ((flags & 0x4007) != 0) return new UdpFrame(FrameKind.Unread, Detail: "GRE of another version");
        var hasSequence = (flags & 0x1000) != 0;
        offset += 4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0) + (hasSequence ? 4 : 0);
        switch (type)
        {
            case EtherType.IPv4: return Ip(offset, 4, layer + 1);
            case EtherType.IPv6: return Ip(offset, 6, layer + 1);
            case EtherType.Bridged: return Link(LinkType.Ethernet, offset, layer + 1);
            case GrePpp: return Link(LinkType.Ppp, offset, layer + 1);
            // Without a sequence number it is ERSPAN I, which has no header of its own.
            case Erspan: return Link(LinkType.Ethernet, offset + (hasSequence ? 8 : 0), layer + 1);
            case Erspan3 when _bytes.Length >= offset + 12: return Link(LinkType.Ethernet, offset + 12 + ((_bytes[offset + 11] & 1) != 0 ? 8 : 0), layer + 1);
            default: return new UdpFrame(FrameKind.Other);
        }
    }

    /// <summary>
    /// An ICMP error quotes the datagram it is about: IP header and at least eight bytes more (RFC 792, RFC 4443 §3.1). Only the
    /// quoted ports are needed, and nothing in the quotation is taken for missing beyond them.
    /// </summary>
    private UdpFrame Icmp(ReadOnlySpan<byte> icmp, in IpHeader outer)
    {
        if (icmp.Length < IcmpHeaderLength) return Short("shorter than its ICMP header");
        if (outer.ErrorName(icmp[0], icmp[1]) is not { } name) return new UdpFrame(FrameKind.Other);

        var quoted = icmp[IcmpHeaderLength..];
        var ip = IpHeader.Read(quoted, outer.Version);
        if (ip.Flaw is not null) return ip.IsShort ? Short("shorter than the packet quoted by ICMP") : Malformed(ip.Flaw);
        if (ip.Protocol != IpHeader.Udp || ip.FragmentOffset != 0) return new UdpFrame(FrameKind.Other);
        if (quoted.Length < ip.Length + PortsLength) return Short("shorter than the packet quoted by ICMP");
        var (sender, receiver) = Ports(ip, quoted[ip.Length..]);
        var isPort = outer.IsPortUnreachable(icmp[0], icmp[1]);
        return new UdpFrame(isPort ? FrameKind.PortUnreachable : FrameKind.NetworkError, receiver, sender, Detail: isPort ? null : name) { Reporter = outer.Source };
    }

    private static (Endpoint Source, Endpoint Destination) Ports(in IpHeader ip, ReadOnlySpan<byte> udp) => (
        ip.Source with { Port = BinaryPrimitives.ReadUInt16BigEndian(udp) },
        ip.Destination with { Port = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) });

    private static UdpFrame Malformed(string what) => new(FrameKind.Malformed, Detail: what);

    private UdpFrame Short(string what) => new(isCut ? FrameKind.Truncated : FrameKind.Malformed, Detail: what);
}
