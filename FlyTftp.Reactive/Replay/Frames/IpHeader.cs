using System.Buffers.Binary;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>An IPv4 header with its options (RFC 791), or an IPv6 header with its extension headers (RFC 8200).</summary>
/// <param name="Source">Port 0.</param>
/// <param name="Length">Bytes of the header, options and extensions included; never more than there were.</param>
/// <param name="PayloadLength">Bytes that the packet claims to have after the header; there may be fewer.</param>
/// <param name="Flaw">What is wrong, constant text; then nothing else holds but <paramref name="IsShort"/>.</param>
/// <param name="IsShort">The flaw is that there are too few bytes.</param>
internal readonly record struct IpHeader(
    int Version, byte Protocol, Endpoint Source, Endpoint Destination, int Length, int PayloadLength, bool IsFragment,
    string? Flaw = null, bool IsShort = false)
{
    /// <summary>Of a fragment: what it is a fragment of, where it begins in that, in bytes, and whether another follows.</summary>
    public uint Identification { get; init; }

    public int FragmentOffset { get; init; }

    public bool HasMore { get; init; }

    /// <summary>No honest packet has more of IPv6's extension headers.</summary>
    public const int MaxExtensions = 8;

    public const byte Udp = 17, Icmp = 1, IcmpV6 = 58;

    private const byte HopByHop = 0, Routing = 43, FragmentHeader = 44, DestinationOptions = 60;
    private const int IPv4Length = 20, IPv6Length = 40, FragmentLength = 8;

    /// <summary>It carries whole ICMP, of the kind that goes with its version.</summary>
    public bool IsIcmp => !IsFragment && Protocol == (Version == 4 ? Icmp : IcmpV6);

    /// <summary>RFC 792: type 3 code 3. RFC 4443 §3.1: type 1 code 4.</summary>
    public bool IsPortUnreachable(byte type, byte code) => Version == 4 ? (type, code) is (3, 3) : (type, code) is (1, 4);

    /// <summary>What an ICMP error says, constant text; <c>null</c>: it is no error about a datagram.</summary>
    public string? ErrorName(byte type, byte code) => Version == 4
        ? (type, code) switch
        {
            (3, 0 or 6) => "ICMP network unreachable",
            (3, 1 or 7) => "ICMP host unreachable",
            (3, 2) => "ICMP protocol unreachable",
            (3, 3) => "ICMP port unreachable",
            (3, 4) => "ICMP fragmentation needed",
            (3, 9 or 10 or 13) => "ICMP administratively prohibited",
            (3, _) => "ICMP destination unreachable",
            (11, 1) => "ICMP fragment reassembly time exceeded",
            (11, _) => "ICMP time exceeded",
            _ => null,
        }
        : (type, code) switch
        {
            (1, 0) => "ICMPv6 no route to destination",
            (1, 1 or 5) => "ICMPv6 administratively prohibited",
            (1, 3) => "ICMPv6 address unreachable",
            (1, 4) => "ICMPv6 port unreachable",
            (1, _) => "ICMPv6 destination unreachable",
            (2, _) => "ICMPv6 packet too big",
            (3, 1) => "ICMPv6 fragment reassembly time exceeded",
            (3, _) => "ICMPv6 time exceeded",
            _ => null,
        };

    /// <param name="version">4 or 6 if something before has told, and then the header must agree; otherwise 0.</param>
    public static IpHeader Read(ReadOnlySpan<byte> bytes, int version)
    {
        if (bytes.IsEmpty) return Short("shorter than its IP header");
        var found = bytes[0] >> 4;
        if (found is not (4 or 6) || (version != 0 && version != found)) return Wrong("IP version is not what its link type says");
        return found == 4 ? ReadIPv4(bytes) : ReadIPv6(bytes);
    }

    private static IpHeader ReadIPv4(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < IPv4Length) return Short("shorter than its IP header");
        var length = (bytes[0] & 0xF) * 4;
        var total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length < IPv4Length) return Wrong("IPv4 header length below 20");
        if (total < length) return Wrong("IPv4 total length below the header's");
        if (bytes.Length < length) return Short("shorter than its IP header");

        // More fragments, or an offset.
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        var isFragment = (fragment & 0x3FFF) != 0;
        return new IpHeader(
            4, bytes[9],
            Endpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), 0),
            Endpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]), 0),
            length, total - length, isFragment)
        {
            Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            FragmentOffset = (fragment & 0x1FFF) * 8,
            HasMore = (fragment & 0x2000) != 0,
        };
    }

    private static IpHeader ReadIPv6(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < IPv6Length) return Short("shorter than its IP header");
        var total = IPv6Length + BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var protocol = bytes[6];
        var length = IPv6Length;
        var isFragment = false;
        var (fragment, identification) = ((ushort)0, 0u);
        for (var extensions = 0; protocol is HopByHop or Routing or FragmentHeader or DestinationOptions; extensions++)
        {
            if (extensions == MaxExtensions) return Wrong("too many IPv6 extension headers");
            var rest = bytes[length..];
            if (rest.Length < FragmentLength) return Short("shorter than its IPv6 extension headers");
            if (protocol == FragmentHeader && (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xFFF9) != 0)
            {
                // Where the offset is not 0, what follows is no header but the middle of something.
                (isFragment, protocol) = (true, rest[0] == DestinationOptions ? Udp : rest[0]);
                (fragment, identification) = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]), BinaryPrimitives.ReadUInt32BigEndian(rest[4..]));
                length += FragmentLength;
                break;
            }

            var extension = protocol == FragmentHeader ? FragmentLength : (rest[1] + 1) * 8;
            if (rest.Length < extension) return Short("shorter than its IPv6 extension headers");
            (protocol, length) = (rest[0], length + extension);
        }

        if (total < length) return Wrong("IPv6 payload length below that of its extension headers");
        return new IpHeader(
            6, protocol, Endpoint.IPv6(bytes[8..], 0), Endpoint.IPv6(bytes[24..], 0), length, total - length, isFragment)
        {
            Identification = identification,
            FragmentOffset = fragment & 0xFFF8,
            HasMore = (fragment & 1) != 0,
        };
    }

    private static IpHeader Short(string what) => default(IpHeader) with { Flaw = what, IsShort = true };

    private static IpHeader Wrong(string what) => default(IpHeader) with { Flaw = what };
}
