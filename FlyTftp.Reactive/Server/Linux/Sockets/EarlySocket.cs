using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// A socket bound before the process is confined and without System.Net.Sockets, whose first socket starts a thread that
/// <see cref="Confinement"/> could not reach any more. <see cref="ToSocket"/> makes the framework's own of it afterwards.
/// </summary>
internal sealed unsafe class EarlySocket : IDisposable
{
    private const int Stream = 1 | OpenFlags.CloseOnExec, Datagram = 2 | OpenFlags.CloseOnExec;

    private int _descriptor;

    private EarlySocket(int descriptor) => _descriptor = descriptor;

    /// <summary>A TCP listener; <c>[::]</c> means IPv4 too.</summary>
    /// <exception cref="PortException">It cannot be bound; the message says what to do.</exception>
    public static EarlySocket Listen(IPEndPoint endpoint, int backlog)
    {
        var socket = Bind(endpoint, Stream);
        if (Libc.Listen(socket._descriptor, backlog) >= 0) return socket;

        var errno = Marshal.GetLastPInvokeError();
        socket.Dispose();
        throw PortException.From(endpoint, errno);
    }

    /// <summary>A UDP socket, for a client whose server is known only later.</summary>
    /// <exception cref="PortException">It cannot be bound; the message says what to do.</exception>
    public static EarlySocket BindDatagram(IPEndPoint endpoint) => Bind(endpoint, Datagram);

    /// <summary>Hands the descriptor over: this object has none any more.</summary>
    public Socket ToSocket()
    {
        var socket = new Socket(new SafeSocketHandle(_descriptor, ownsHandle: true));
        _descriptor = -1;
        return socket;
    }

    public void Dispose()
    {
        if (_descriptor >= 0) _ = Libc.Close(_descriptor);
        _descriptor = -1;
    }

    private static EarlySocket Bind(IPEndPoint endpoint, int type)
    {
        var family = endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? NativeSocket.AfInet6 : NativeSocket.AfInet;
        var descriptor = NativeSocket.Socket(family, type, 0);
        if (descriptor < 0) throw PortException.From(endpoint, Marshal.GetLastPInvokeError());

        // As every TCP server does, so that a restart need not wait for old connections to time out.
        if (type == Stream) _ = NativeSocket.SetSocketOption(descriptor, NativeSocket.SolSocket, NativeSocket.SoReuseAddr, 1);
        if (family == NativeSocket.AfInet6)
        {
            var isOnlyV6 = endpoint.Address.Equals(IPAddress.IPv6Any) ? 0 : 1;
            _ = NativeSocket.SetSocketOption(descriptor, NativeSocket.SolIpv6, NativeSocket.Ipv6Only, isOnlyV6);
        }

        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        var length = (uint)SocketAddress.Write(address, Endpoint.From(endpoint), family);
        fixed (byte* bytes = address)
        {
            if (NativeSocket.Bind(descriptor, bytes, length) >= 0) return new EarlySocket(descriptor);
        }

        var errno = Marshal.GetLastPInvokeError();
        _ = Libc.Close(descriptor);
        throw PortException.From(endpoint, errno);
    }
}
