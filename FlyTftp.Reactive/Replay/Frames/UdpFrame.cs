using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>What a captured packet turned out to be.</summary>
internal enum FrameKind : byte
{
    /// <summary>A whole UDP datagram.</summary>
    Udp,

    /// <summary>ICMP or ICMPv6 "port unreachable", about a UDP datagram.</summary>
    PortUnreachable,

    /// <summary>Another error of ICMP about a UDP datagram: host unreachable, fragmentation needed, time exceeded …</summary>
    NetworkError,

    /// <summary>Anything else that is in order: TCP, ARP, other ICMP …</summary>
    Other,

    /// <summary>A fragment of a UDP datagram, or of a tunnel's packet: to be put together by a <see cref="Reassembler"/>.</summary>
    Fragment,

    /// <summary>The capture did not keep enough of it. Of a UDP datagram whose header was kept, what there is of the payload.</summary>
    Truncated,

    /// <summary>Its headers contradict themselves or its length.</summary>
    Malformed,

    UnknownLinkType,

    /// <summary>Something that might have TFTP inside, and cannot be read.</summary>
    Unread,
}

/// <summary>Where in its packet a fragment lies.</summary>
/// <param name="Layer">Headers of IP before it.</param>
/// <param name="Begin">Bytes of the captured packet before what it carries.</param>
/// <param name="Captured">Bytes of that in the capture, at most the IP header's <see cref="IpHeader.PayloadLength"/>.</param>
internal sealed record FragmentPart(IpHeader Ip, int Layer, int Begin, int Captured);

/// <summary>
/// A captured packet, taken out of its link-layer, tunnel, IP and UDP headers. Any bytes at all give one; nothing throws, and nothing but a fragment allocates.
/// Checksums are not looked at: what a network card computes is wrong in a capture made before it.
/// </summary>
/// <param name="Source">Of UDP: the sender. Of an ICMP error: where the datagram was to go.</param>
/// <param name="Destination">Of UDP: the receiver. Of an ICMP error: who is told so, having sent the datagram.</param>
/// <param name="PayloadOffset">Bytes of the packet before the UDP payload.</param>
/// <param name="PayloadLength">Bytes of the payload in the capture.</param>
/// <param name="Detail">What is missing, wrong, not read or reported: constant text.</param>
internal readonly record struct UdpFrame(
    FrameKind Kind, Endpoint Source = default, Endpoint Destination = default,
    int PayloadOffset = 0, int PayloadLength = 0, string? Detail = null)
{
    /// <summary>Bytes of the payload that the capture has cut off.</summary>
    public int MissingLength { get; init; }

    /// <summary>Bytes of the packet before the IP header that carries it.</summary>
    public int IpOffset { get; init; }

    /// <summary>Of an ICMP error: whose. Port 0.</summary>
    public Endpoint Reporter { get; init; }

    /// <summary>Of <see cref="FrameKind.Fragment"/>; a class, so that all others need not carry its fields.</summary>
    internal FragmentPart? Fragment { get; init; }

    /// <summary>The UDP payload; valid as long as the packet is.</summary>
    public ReadOnlyMemory<byte> PayloadOf(in CapturedPacket packet) => packet.Bytes.Slice(PayloadOffset, PayloadLength);

    public static UdpFrame Parse(in CapturedPacket packet) => Parse(packet.LinkType, packet.Bytes.Span, packet.OriginalLength);

    /// <param name="originalLength">Bytes on the wire. If <paramref name="bytes"/> are fewer, what is missing was cut off.</param>
    public static UdpFrame Parse(int linkType, ReadOnlySpan<byte> bytes, uint originalLength) =>
        new FrameParser(bytes, bytes.Length < originalLength).Link(linkType);
}
