using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>One bound, non-blocking UDP socket that tells and takes local addresses and hears of closed ports.</summary>
internal sealed unsafe class UdpSocket : IDisposable
{
    /// <summary>Bytes the kernel is asked to queue each way; it grants what <c>net.core.{r,w}mem_max</c> allows to an unprivileged process.</summary>
    private const int QueueLength = 8 << 20;

    private UdpSocket(int descriptor, int family)
    {
        Descriptor = descriptor;
        Family = family;
    }

    public int Descriptor { get; }

    /// <summary><see cref="NativeSocket.AfInet"/> or <see cref="NativeSocket.AfInet6"/>.</summary>
    public int Family { get; }

    /// <summary>What it is bound to, with the port that was given for port 0.</summary>
    public Endpoint Bound { get; private set; }

    /// <summary>
    /// Bound to a wildcard, or to what is no address of an interface (a broadcast, a multicast): each datagram has to tell which address it came to, and
    /// each reply which it leaves from. Where there is one address only, as on Fly.io, the kernel knows it, and saying so takes 2 to 3 % of a lock-step
    /// transfer.
    /// </summary>
    public bool HasManyAddresses { get; private init; }

    /// <summary>It hears broadcasts for this address, and sends nothing; <c>null</c>: it is an ordinary socket.</summary>
    public Endpoint? HearsFor { get; private init; }

    /// <summary>Binds to an address; <c>[::]</c> takes IPv4 as well (dual stack), and falls back to 0.0.0.0 where the kernel has no IPv6.</summary>
    /// <exception cref="PortException">It cannot be bound; the message says what to do.</exception>
    public static UdpSocket Bind(IPEndPoint endpoint, PortSharing sharing)
    {
        var local = Endpoint.From(endpoint);
        var family = local.IsIPv4 ? NativeSocket.AfInet : NativeSocket.AfInet6;
        var descriptor = NativeSocket.Socket(family, NativeSocket.DatagramNonBlockingCloseOnExec, 0);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.AddressFamilyNotSupported && endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            family = NativeSocket.AfInet;
            local = Endpoint.From(IPAddress.Any, endpoint.Port);
            descriptor = NativeSocket.Socket(family, NativeSocket.DatagramNonBlockingCloseOnExec, 0);
        }

        if (descriptor < 0) throw PortException.From(endpoint, Marshal.GetLastPInvokeError());
        var socket = new UdpSocket(descriptor, family) { HasManyAddresses = Interfaces.Of(local) is null };
        return socket.OrClosed(() =>
        {
            socket.Configure();
            if (sharing == PortSharing.Further) socket.Share();
            socket.Bind(local, endpoint);
            if (sharing == PortSharing.First) socket.Share();
        });
    }

    /// <summary>Binds to a broadcast or multicast address as it comes in on one interface.</summary>
    /// <param name="own">The address, of that interface, that answers.</param>
    /// <exception cref="PortException">It cannot be bound; the message says what to do.</exception>
    public static UdpSocket BindBroadcast(IPEndPoint endpoint, string device, in Endpoint own)
    {
        var local = Endpoint.From(endpoint);
        var family = local.IsIPv4 ? NativeSocket.AfInet : NativeSocket.AfInet6;
        var descriptor = NativeSocket.Socket(family, NativeSocket.DatagramNonBlockingCloseOnExec, 0);
        if (descriptor < 0) throw PortException.From(endpoint, Marshal.GetLastPInvokeError());
        var socket = new UdpSocket(descriptor, family) { HearsFor = own };
        return socket.OrClosed(() =>
        {
            // Before the address: without an interface the one of another's would be in the way.
            if (!socket.BindToDevice(device)) throw PortException.From(endpoint, Marshal.GetLastPInvokeError());
            socket.Bind(local, endpoint);
        });
    }

    /// <summary>
    /// Whether what is sent from now on may be cut into fragments. Without, every packet bears DF and is as large as the interface allows, whatever
    /// the kernel believes of the path: it takes that from any ICMP message that names this port, so that one forged datagram would have all blocks
    /// to a machine sent in fragments for ten minutes, and few boot ROMs put those together.
    /// </summary>
    public void AllowFragments(bool isAllowed)
    {
        var how = isAllowed ? NativeSocket.FragmentsAsNeeded : NativeSocket.NeverFragments;
        Set(NativeSocket.SolIp, NativeSocket.IpMtuDiscover, how);
        if (Family == NativeSocket.AfInet6) Set(NativeSocket.SolIpv6, NativeSocket.Ipv6MtuDiscover, how);
    }

    /// <summary>What the kernel has dropped instead of queueing it: no room, a bad checksum, or garbage. One call, when asked; nothing for each datagram.</summary>
    public long CountDrops()
    {
        const int figures = 9, drops = 8;
        var memory = stackalloc uint[figures];
        var length = (uint)figures * sizeof(uint);
        var isKnown = NativeSocket.GetSocketOption(Descriptor, NativeSocket.SolSocket, NativeSocket.SoMemoryInfo, memory, &length) == 0;
        return isKnown && length == figures * sizeof(uint) ? memory[drops] : 0;
    }

    public void Dispose() => _ = Libc.Close(Descriptor);

    /// <summary>
    /// What an error of a call on this socket is about. The kernel reports an ICMP message about one peer by failing the next call, whomever that one
    /// is for (ip(7), IP_RECVERR); these are the errors that it makes of such messages.
    /// </summary>
    public static bool MayBePending(int error) => error is Errno.ConnectionRefused or Errno.HostUnreachable or Errno.NetworkUnreachable
        or Errno.MessageTooLong or Errno.AccessDenied or Errno.Protocol or Errno.NoProtocolOption or Errno.NotSupported or Errno.HostDown
        or Errno.NotOnNetwork;

    /// <exception cref="IOException">The error says that this is no socket any more: a bug, or somebody has closed it.</exception>
    public void ThrowIfDead(int error)
    {
        if (error is Errno.BadDescriptor or Errno.NotSocket or Errno.BadAddress or Errno.NotImplemented or Errno.BrokenPipe)
            throw new IOException($"the socket on {Bound} is dead: {new SystemError("UDP", error)}");
    }

    private UdpSocket OrClosed(Action bind)
    {
        try
        {
            bind();
            GarbageFilter.Attach(Descriptor);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Share() => Set(NativeSocket.SolSocket, NativeSocket.SoReusePort, 1);

    private void Configure()
    {
        // The forced variants need CAP_NET_ADMIN; both may fail, and the default queue serves too.
        if (!Set(NativeSocket.SolSocket, NativeSocket.SoReceiveBufferForce, QueueLength))
            Set(NativeSocket.SolSocket, NativeSocket.SoReceiveBuffer, QueueLength);
        if (!Set(NativeSocket.SolSocket, NativeSocket.SoSendBufferForce, QueueLength))
            Set(NativeSocket.SolSocket, NativeSocket.SoSendBuffer, QueueLength);
        AllowFragments(false);
        if (Family == NativeSocket.AfInet6)
        {
            Set(NativeSocket.SolIpv6, NativeSocket.Ipv6Only, 0);
            if (HasManyAddresses) Set(NativeSocket.SolIpv6, NativeSocket.Ipv6ReceivePacketInfo, 1);
            Set(NativeSocket.SolIpv6, NativeSocket.Ipv6ReceiveErrors, 1);
        }

        // On a dual-stack socket IPv4's own switches are needed as well: for errors about IPv4 peers, and for broadcasts, which IPv6's does not show.
        if (HasManyAddresses) Set(NativeSocket.SolIp, NativeSocket.IpPacketInfo, 1);
        Set(NativeSocket.SolIp, NativeSocket.IpReceiveErrors, 1);
    }

    private bool BindToDevice(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* pointer = bytes)
        {
            return NativeSocket.SetSocketOption(Descriptor, NativeSocket.SolSocket, NativeSocket.SoBindToDevice, pointer, (uint)bytes.Length) == 0;
        }
    }

    private bool Set(int level, int name, int value) => NativeSocket.SetSocketOption(Descriptor, level, name, value) == 0;

    private void Bind(in Endpoint local, IPEndPoint asked)
    {
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        var length = (uint)SocketAddress.Write(address, local, Family);
        fixed (byte* pointer = address)
        {
            if (NativeSocket.Bind(Descriptor, pointer, length) < 0) throw PortException.From(asked, Marshal.GetLastPInvokeError());
            length = SocketAddress.MaxLength;
            if (NativeSocket.GetSocketName(Descriptor, pointer, &length) < 0) throw PortException.From(asked, Marshal.GetLastPInvokeError());
        }

        Bound = SocketAddress.Read(address);
    }
}
