using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>What a captured packet turned out to be.</summary>
public enum FrameKind : byte
{
    /// <summary>A whole UDP datagram.</summary>
    Udp,

    /// <summary>ICMP or ICMPv6 "port unreachable", about a UDP datagram.</summary>
    PortUnreachable,

    /// <summary>Anything else that is in order: TCP, ARP, other ICMP …</summary>
    Other,

    /// <summary>A fragment of a UDP datagram, the first one too. Fragments are not put together.</summary>
    Fragment,

    /// <summary>The capture did not keep enough of it.</summary>
    Truncated,

    /// <summary>Its headers contradict themselves or its length.</summary>
    Malformed,

    UnknownLinkType,
}

/// <summary>
/// A captured packet, taken out of its link-layer, IP and UDP headers. Any bytes at all give one; nothing throws or allocates.
/// Checksums are not looked at: what a network card computes is wrong in a capture made before it.
/// </summary>
/// <param name="Source">Of UDP: the sender. Of port unreachable: the port where nobody listens.</param>
/// <param name="Destination">Of UDP: the receiver. Of port unreachable: who is told so, having sent the datagram.</param>
/// <param name="PayloadOffset">Bytes of the packet before the UDP payload.</param>
/// <param name="Detail">What is missing or wrong, if truncated or malformed: constant text.</param>
public readonly record struct UdpFrame(
    FrameKind Kind, Endpoint Source = default, Endpoint Destination = default,
    int PayloadOffset = 0, int PayloadLength = 0, string? Detail = null)
{
    private const int UdpHeaderLength = 8, PortsLength = 4, IcmpHeaderLength = 8;

    /// <summary>The UDP payload; valid as long as the packet is.</summary>
    public ReadOnlyMemory<byte> PayloadOf(in CapturedPacket packet) => packet.Bytes.Slice(PayloadOffset, PayloadLength);

    public static UdpFrame Parse(in CapturedPacket packet) => Parse(packet.LinkType, packet.Bytes.Span, packet.OriginalLength);

    /// <param name="originalLength">Bytes on the wire. If <paramref name="bytes"/> are fewer, what is missing was cut off.</param>
    public static UdpFrame Parse(int linkType, ReadOnlySpan<byte> bytes, uint originalLength)
    {
        var isCut = bytes.Length < originalLength;
        var link = LinkLayer.Find(linkType, bytes, out var offset, out var version);
        switch (link)
        {
            case LinkContent.Internet: break;
            case LinkContent.Other: return new UdpFrame(FrameKind.Other);
            case LinkContent.UnknownType: return new UdpFrame(FrameKind.UnknownLinkType);
            default: return Short(isCut, "shorter than its link-layer header");
        }

        var ip = IpHeader.Read(bytes[offset..], version);
        if (ip.Flaw is not null) return ip.IsShort ? Short(isCut, ip.Flaw) : Malformed(ip.Flaw);
        if (ip.IsIcmp) return ParseIcmp(bytes[(offset + ip.Length)..], ip, isCut);
        if (ip.Protocol != IpHeader.Udp) return new UdpFrame(FrameKind.Other);
        if (ip.IsFragment) return new UdpFrame(FrameKind.Fragment);

        offset += ip.Length;
        var datagram = bytes[offset..];
        if (ip.PayloadLength < UdpHeaderLength) return Malformed("IP payload shorter than a UDP header");
        if (datagram.Length < UdpHeaderLength) return Short(isCut, "shorter than its UDP header");
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        if (length < UdpHeaderLength || length > ip.PayloadLength) return Malformed("UDP length is not within the IP payload's");
        if (datagram.Length < length) return Short(isCut, "shorter than its UDP length");

        var (source, destination) = Ports(ip, datagram);
        return new UdpFrame(FrameKind.Udp, source, destination, offset + UdpHeaderLength, length - UdpHeaderLength);
    }

    /// <summary>
    /// An ICMP error quotes the datagram it is about: IP header and at least eight bytes more (RFC 792, RFC 4443 §3.1). Only the
    /// quoted ports are needed, and nothing in the quotation is taken for missing beyond them.
    /// </summary>
    private static UdpFrame ParseIcmp(ReadOnlySpan<byte> icmp, in IpHeader outer, bool isCut)
    {
        if (icmp.Length < IcmpHeaderLength) return Short(isCut, "shorter than its ICMP header");
        if (!outer.IsPortUnreachable(icmp[0], icmp[1])) return new UdpFrame(FrameKind.Other);

        var quoted = icmp[IcmpHeaderLength..];
        var ip = IpHeader.Read(quoted, outer.Version);
        if (ip.Flaw is not null) return ip.IsShort ? Short(isCut, "shorter than the packet quoted by ICMP") : Malformed(ip.Flaw);
        if (ip.Protocol != IpHeader.Udp || ip.IsFragment) return new UdpFrame(FrameKind.Other);
        if (quoted.Length < ip.Length + PortsLength) return Short(isCut, "shorter than the packet quoted by ICMP");
        var (sender, receiver) = Ports(ip, quoted[ip.Length..]);
        return new UdpFrame(FrameKind.PortUnreachable, receiver, sender);
    }

    private static (Endpoint Source, Endpoint Destination) Ports(in IpHeader ip, ReadOnlySpan<byte> udp) => (
        ip.Source with { Port = BinaryPrimitives.ReadUInt16BigEndian(udp) },
        ip.Destination with { Port = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) });

    private static UdpFrame Malformed(string what) => new(FrameKind.Malformed, Detail: what);

    private static UdpFrame Short(bool isCut, string what) => new(isCut ? FrameKind.Truncated : FrameKind.Malformed, Detail: what);
}
