using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// Control messages (cmsg(3)) of 64-bit Linux, in native order: to which address a datagram came, from which a reply leaves, and into
/// which segments a send is to be cut.
/// <code>
/// cmsghdr       | length with header 8 | level 4 | type 4 | data, padded to 8 |
/// in_pktinfo    | interface 4 | local address 4 | destination in the header 4 |
/// in6_pktinfo   | address 16 | interface 4 |
/// UDP_SEGMENT   | bytes of UDP payload in each segment 2 |
/// </code>
/// </summary>
internal static class AncillaryData
{
    /// <summary>Room for all that is ever received or sent with one message.</summary>
    public const int Capacity = 128;

    /// <summary>What <see cref="WriteSegmentLength"/> takes of it.</summary>
    public const int SegmentLengthSpace = HeaderLength + 8;

    private const int HeaderLength = 16;

    /// <summary>
    /// The address to answer from, by an IP_PKTINFO or IPV6_PKTINFO; without one, <paramref name="bound"/>. Of a datagram to an IPv6 multicast group the
    /// kernel tells none: then it is the wildcard, and the kernel chooses.
    /// </summary>
    /// <param name="isBroadcast">The datagram went to an address that is no single machine's.</param>
    public static Endpoint ReadLocal(ReadOnlySpan<byte> control, in Endpoint bound, out bool isBroadcast)
    {
        isBroadcast = false;
        var local = bound;
        while (TryRead(ref control, out var level, out var type, out var data))
        {
            if (level == NativeSocket.SolIp && type == NativeSocket.IpPacketInfo && data.Length >= 12)
            {
                // Only here the kernel names both; a dual-stack socket is told twice. They differ for broadcasts, a subnet's own included.
                isBroadcast = !data.Slice(4, 4).SequenceEqual(data.Slice(8, 4));
                return Endpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(data[4..]), bound.Port);
            }

            if (level == NativeSocket.SolIpv6 && type == NativeSocket.Ipv6PacketInfo && data.Length >= 20)
            {
                local = LocalIPv6(data, bound.Port);
                isBroadcast = local.IsBroadcast;
            }
        }

        return isBroadcast ? Endpoint.IPv6(stackalloc byte[16], bound.Port) : local;
    }

    /// <summary>
    /// Whether the error queue speaks of a closed port (ICMP type 3 code 3, ICMPv6 type 1 code 4), or of a packet that was too large for a link on the
    /// way (type 3 code 4, RFC 1191; ICMPv6 type 2, RFC 8201), and whom it was told.
    /// </summary>
    /// <param name="mtu">Bytes that this link takes; 0: it is a closed port.</param>
    public static bool TryReadError(ReadOnlySpan<byte> control, in Endpoint bound, out Endpoint local, out int mtu)
    {
        local = bound;
        mtu = 0;
        var (isUnreachable, isTooBig) = (false, false);
        while (TryRead(ref control, out var level, out var type, out var data))
        {
            // struct sock_extended_err: errno 4, origin 1 (2 ICMP, 3 ICMPv6), type 1, code 1, padding 1, the link's MTU 4
            if ((level, type) is (NativeSocket.SolIp, NativeSocket.IpReceiveErrors) or (NativeSocket.SolIpv6, NativeSocket.Ipv6ReceiveErrors) && data.Length >= 12)
            {
                isUnreachable = (data[4], data[5], data[6]) is (2, 3, 3) or (3, 1, 4);
                isTooBig = (data[4], data[5], data[6]) is (2, 3, 4) or (3, 2, _);
                mtu = isTooBig ? (int)Math.Min(MemoryMarshal.Read<uint>(data[8..]), ushort.MaxValue) : 0;
            }
            // Here the ICMP packet's own destination is the address that the lost datagram had left from.
            else if (level == NativeSocket.SolIp && type == NativeSocket.IpPacketInfo && data.Length >= 12)
                local = Endpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(data[8..]), bound.Port);
            else if (level == NativeSocket.SolIpv6 && type == NativeSocket.Ipv6PacketInfo && data.Length >= 20)
                local = LocalIPv6(data, bound.Port);
        }

        // An old router names no MTU (RFC 1191 §4): that says nothing.
        return isUnreachable || (isTooBig && mtu > 0);
    }

    /// <summary>Makes a send leave from <paramref name="local"/>, through whatever interface leads to the peer.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteLocal(Span<byte> control, in Endpoint local, int family)
    {
        if (family == NativeSocket.AfInet)
        {
            var data = Begin(control, NativeSocket.SolIp, NativeSocket.IpPacketInfo, 12);
            data.Clear();
            BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)local.Low);
            return Padded(12);
        }
        else
        {
            var data = Begin(control, NativeSocket.SolIpv6, NativeSocket.Ipv6PacketInfo, 20);
            local.WriteAddress(data);
            MemoryMarshal.Write(data[16..], local.Scope);
            return Padded(20);
        }
    }

    /// <summary>Has the kernel cut the message into datagrams of <paramref name="length"/> bytes (udp(7), UDP_SEGMENT).</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteSegmentLength(Span<byte> control, int length)
    {
        MemoryMarshal.Write(Begin(control, NativeSocket.SolUdp, NativeSocket.UdpSegment, 2), (ushort)length);
        return Padded(2);
    }

    private static Endpoint LocalIPv6(ReadOnlySpan<byte> data, ushort port)
    {
        var local = Endpoint.IPv6(data[..16], port);
        // The interface matters where the address alone is ambiguous: fe80::/10.
        return local.High >> 54 == 0xFE80 >> 6 ? local with { Scope = MemoryMarshal.Read<uint>(data[16..]) } : local;
    }

    private static Span<byte> Begin(Span<byte> control, int level, int type, int length)
    {
        control[..Padded(length)].Clear();
        MemoryMarshal.Write(control, (long)(HeaderLength + length));
        MemoryMarshal.Write(control[8..], level);
        MemoryMarshal.Write(control[12..], type);
        return control.Slice(HeaderLength, length);
    }

    private static bool TryRead(ref ReadOnlySpan<byte> control, out int level, out int type, out ReadOnlySpan<byte> data)
    {
        level = type = 0;
        data = default;
        if (control.Length < HeaderLength) return false;
        var length = (int)MemoryMarshal.Read<long>(control);
        if (length < HeaderLength || length > control.Length) return false;
        level = MemoryMarshal.Read<int>(control[8..]);
        type = MemoryMarshal.Read<int>(control[12..]);
        data = control[HeaderLength..length];
        control = control[Math.Min(control.Length, Padded(length - HeaderLength))..];
        return true;
    }

    private static int Padded(int length) => HeaderLength + ((length + 7) & ~7);
}
