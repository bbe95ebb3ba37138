using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// Synthesises the packets that a capture of the network would have shown: IP, then UDP or ICMP, checksums and all. Two IPv4
/// endpoints make IPv4, others IPv6.
/// </summary>
internal static class IpWriter
{
    /// <summary>Bytes before a UDP payload, at most.</summary>
    public const int MaxHeaderLength = IPv6Length + UdpLength;

    /// <summary>Bytes of a port unreachable, at most: IP, ICMP, and the IP and UDP headers it quotes.</summary>
    public const int MaxUnreachableLength = IPv6Length + IcmpLength + MaxHeaderLength;

    private const int IPv4Length = 20, IPv6Length = 40, UdpLength = 8, IcmpLength = 8;
    private const byte HopLimit = 64;

    /// <summary>Bytes of UDP payload that fit into one packet: 65507, or 65527 of IPv6 (its length field leaves its own header out).</summary>
    public static int MaxPayload(Endpoint source, Endpoint destination) =>
        ushort.MaxValue - UdpLength - (IsIPv4(source, destination) ? IPv4Length : 0);

    /// <returns>Bytes written.</returns>
    public static int WriteUdp(Span<byte> packet, Endpoint source, Endpoint destination, ReadOnlySpan<byte> payload)
    {
        var header = WriteIp(packet, source, destination, IpHeader.Udp, UdpLength + payload.Length);
        var udp = packet.Slice(header, UdpLength + payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        payload.CopyTo(udp[UdpLength..]);
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(PseudoHeader(source, destination, IpHeader.Udp, udp.Length), udp));
        // 0 would say that there is none (RFC 768).
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? ushort.MaxValue : checksum);
        return header + udp.Length;
    }

    /// <summary>The same, of a datagram of which only the beginning is at hand: the headers tell its whole length, and there is no checksum.</summary>
    /// <param name="length">Bytes of payload on the wire.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteCutUdp(Span<byte> packet, Endpoint source, Endpoint destination, ReadOnlySpan<byte> payload, int length)
    {
        var header = WriteIp(packet, source, destination, IpHeader.Udp, UdpLength + length);
        var udp = packet.Slice(header, UdpLength + payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpLength + length));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        payload.CopyTo(udp[UdpLength..]);
        return header + udp.Length;
    }

    /// <summary>Writes what <paramref name="source"/> says when a datagram came from <paramref name="destination"/> to its closed port.</summary>
    /// <returns>Bytes written.</returns>
    public static int WritePortUnreachable(Span<byte> packet, Endpoint source, Endpoint destination)
    {
        var isIPv4 = IsIPv4(source, destination);
        var protocol = isIPv4 ? IpHeader.Icmp : IpHeader.IcmpV6;
        var length = IcmpLength + UdpLength + (isIPv4 ? IPv4Length : IPv6Length);
        var header = WriteIp(packet, source, destination, protocol, length);
        var icmp = packet.Slice(header, length);
        icmp[..IcmpLength].Clear();
        (icmp[0], icmp[1]) = isIPv4 ? ((byte)3, (byte)3) : ((byte)1, (byte)4);
        WriteUdp(icmp[IcmpLength..], destination, source, []);
        // Only ICMPv6 sums the addresses too (RFC 4443 §2.3).
        var sum = isIPv4 ? 0 : PseudoHeader(source, destination, protocol, length);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Finish(InternetChecksum.Add(sum, icmp)));
        return header + length;
    }

    private static bool IsIPv4(Endpoint source, Endpoint destination) => source.IsIPv4 && destination.IsIPv4;

    private static int WriteIp(Span<byte> packet, Endpoint source, Endpoint destination, byte protocol, int payloadLength)
    {
        if (!IsIPv4(source, destination))
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet, 6u << 28);
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payloadLength);
            (packet[6], packet[7]) = (protocol, HopLimit);
            source.WriteAddress(packet[8..]);
            destination.WriteAddress(packet[24..]);
            return IPv6Length;
        }

        const ushort versionAndLength = 0x4500, dontFragment = 0x4000;
        BinaryPrimitives.WriteUInt16BigEndian(packet, versionAndLength);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(IPv4Length + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], dontFragment);
        (packet[8], packet[9]) = (HopLimit, protocol);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], (uint)source.Low);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], (uint)destination.Low);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Finish(InternetChecksum.Add(0, packet[..IPv4Length])));
        return IPv4Length;
    }

    private static ulong PseudoHeader(Endpoint source, Endpoint destination, byte protocol, int length)
    {
        Span<byte> addresses = stackalloc byte[32];
        source.WriteAddress(addresses);
        destination.WriteAddress(addresses[16..]);
        if (!IsIPv4(source, destination)) return InternetChecksum.Add((ulong)(protocol + length), addresses);
        var sum = InternetChecksum.Add((ulong)(protocol + length), addresses[12..16]);
        return InternetChecksum.Add(sum, addresses[28..]);
    }
}
