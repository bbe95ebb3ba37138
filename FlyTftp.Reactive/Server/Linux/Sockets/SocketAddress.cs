using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// <see cref="Endpoint"/> as the kernel writes it.
/// <code>
/// sockaddr_in   | family 2 | port 2, network order | address 4 | zero 8 |
/// sockaddr_in6  | family 2 | port 2, network order | flow information 4 | address 16 | scope 4 |
/// </code>
/// </summary>
internal static class SocketAddress
{
    public const int IPv4Length = 16, MaxLength = 28;

    public static Endpoint Read(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return MemoryMarshal.Read<ushort>(address) == NativeSocket.AfInet
            ? Endpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port)
            : Endpoint.IPv6(address.Slice(8, 16), port, MemoryMarshal.Read<uint>(address[24..]));
    }

    /// <param name="family">The socket's: an IPv4 address goes to an IPv6 socket as mapped.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, in Endpoint endpoint, int family)
    {
        destination[..MaxLength].Clear();
        MemoryMarshal.Write(destination, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], endpoint.Port);
        if (family == NativeSocket.AfInet)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], (uint)endpoint.Low);
            return IPv4Length;
        }

        endpoint.WriteAddress(destination[8..]);
        MemoryMarshal.Write(destination[24..], endpoint.Scope);
        return MaxLength;
    }
}
