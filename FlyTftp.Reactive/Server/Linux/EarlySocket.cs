using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>
/// A socket bound before the process is confined and without System.Net.Sockets, whose first socket starts a thread that
/// <see cref="Confinement"/> could not reach any more. <see cref="ToSocket"/> makes the framework's own of it afterwards.
/// </summary>
public sealed unsafe class EarlySocket : IDisposable
{
    private const int Stream = 1, Datagram = 2, CloseOnExec = 0x80000;
    private const int InternetV4 = 2, InternetV6 = 10;
    private const int SocketLevel = 1, ReuseAddress = 2, ReusePort = 15;
    private const int InternetV6Level = 41, OnlyV6 = 26;

    private int _descriptor;

    private EarlySocket(int descriptor) => _descriptor = descriptor;

    /// <summary>A TCP listener; <c>[::]</c> means IPv4 too.</summary>
    /// <param name="error">What failed and why, in the system's words: <c>bind: Address already in use</c>.</param>
    public static EarlySocket? Listen(IPEndPoint endpoint, int backlog, out string? error)
    {
        // As every server does, so that a restart need not wait for old connections to time out.
        var socket = Open(endpoint, Stream, ReuseAddress, out error);
        if (socket is null || Check("listen", Libc.Listen(socket._descriptor, backlog), out error)) return socket;

        socket.Dispose();
        return null;
    }

    /// <summary>A UDP socket; <c>[::]</c> means IPv4 too. Several may share a port: the kernel keeps each flow on one of them.</summary>
    /// <inheritdoc cref="Listen" path="/param[@name='error']"/>
    public static EarlySocket? Bind(IPEndPoint endpoint, bool sharesPort, out string? error) =>
        Open(endpoint, Datagram, sharesPort ? ReusePort : 0, out error);

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

    private static EarlySocket? Open(IPEndPoint endpoint, int type, int reuse, out string? error)
    {
        var isV6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        var descriptor = Libc.Socket(isV6 ? InternetV6 : InternetV4, type | CloseOnExec, 0);
        if (!Check("socket", descriptor, out error)) return null;

        var socket = new EarlySocket(descriptor);
        var address = endpoint.Serialize();
        fixed (byte* octets = address.Buffer.Span)
        {
            int on = 1, onlyV6 = endpoint.Address.Equals(IPAddress.IPv6Any) ? 0 : 1;
            if ((reuse == 0 || Check("setsockopt", Libc.SetOption(descriptor, SocketLevel, reuse, &on, sizeof(int)), out error))
                && (!isV6 || Check("setsockopt", Libc.SetOption(descriptor, InternetV6Level, OnlyV6, &onlyV6, sizeof(int)), out error))
                && Check("bind", Libc.Bind(descriptor, octets, (uint)address.Size), out error))
            {
                return socket;
            }
        }

        socket.Dispose();
        return null;
    }

    private static bool Check(string call, int result, out string? error)
    {
        error = result < 0 ? $"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}" : null;
        return result >= 0;
    }
}
