using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// An IP address and a UDP port as a plain value: no allocation per datagram, cheap to compare. IPv4 is kept as IPv4-mapped IPv6
/// (RFC 4291 §2.5.5.2), as a dual-stack socket delivers it.
/// </summary>
/// <param name="High">The address's first eight bytes, in network order.</param>
/// <param name="Low">Its last eight.</param>
/// <param name="Scope">The interface of a link-local IPv6 address; 0 otherwise.</param>
public readonly record struct Endpoint(ulong High, ulong Low, ushort Port, uint Scope = 0)
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    public bool IsIPv4 => High == 0 && Low >> 32 == MappedPrefix >> 32;

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (byte)(Low >> 24) == 127 : High == 0 && Low == 1;

    /// <summary>0.0.0.0 or [::].</summary>
    public bool IsWildcard => High == 0 && Low is 0 or MappedPrefix;

    /// <summary>255.255.255.255, 224.0.0.0/4 or ff00::/8: never anybody's source. A subnet's broadcast address does not show what it is.</summary>
    public bool IsBroadcast => IsIPv4 ? (uint)Low is uint.MaxValue or >= 0xE000_0000 and < 0xF000_0000 : High >> 56 == 0xFF;

    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            WriteAddress(bytes);
            return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, Scope);
        }
    }

    public static Endpoint From(IPEndPoint endpoint) => From(endpoint.Address, endpoint.Port);

    public static Endpoint From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes, out _);
            return IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)port);
        }

        address.TryWriteBytes(bytes, out _);
        var scope = address.IsIPv6LinkLocal ? (uint)address.ScopeId : 0;
        return IPv6(bytes, (ushort)port, scope);
    }

    public static Endpoint IPv4(uint address, ushort port) => new(0, MappedPrefix | address, port);

    /// <param name="address">Sixteen bytes.</param>
    public static Endpoint IPv6(ReadOnlySpan<byte> address, ushort port, uint scope = 0) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port, scope);

    /// <param name="destination">Sixteen bytes; IPv4 as mapped.</param>
    public void WriteAddress(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The address as PXELINUX writes it: <c>C0A8025B</c>; 32 digits for IPv6.</summary>
    public string ToHexadecimal() => IsIPv4
        ? ((uint)Low).ToString("X8", CultureInfo.InvariantCulture)
        : High.ToString("X16", CultureInfo.InvariantCulture) + Low.ToString("X16", CultureInfo.InvariantCulture);

    public IPEndPoint ToIPEndPoint() => new(Address, Port);

    /// <summary>Of a seed that no client can know: see <see cref="AddressHash"/>.</summary>
    public override int GetHashCode() => AddressHash.Of(High, Low, Port ^ Scope << 16);

    public override string ToString() => ToIPEndPoint().ToString();
}
