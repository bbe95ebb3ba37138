using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>
/// The edge by the framework's sockets, for systems without the calls of <c>Server/Linux</c>: one datagram a call. It learns to which
/// address a datagram came, and keeps sessions apart by it, but a reply leaves from the address that the system chooses: on a
/// multi-homed host, listen on each address by name.
/// </summary>
internal sealed class PortableUdpPort : IUdpPort
{
    private const int BatchMax = 64, SlotLength = 2048;

    /// <summary>Windows: whether an ICMP error makes the next receive fail (SIO_UDP_CONNRESET). It names no peer there, so it is of no use.</summary>
    private const int UdpConnectionReset = -1744830452;

    private readonly List<Socket> _sockets = [];
    private readonly List<Endpoint> _bound = [];
    private readonly Socket _wakeReceiver;
    private readonly Socket _wakeSender;
    private readonly byte[] _received = new byte[BatchMax * SlotLength];
    private readonly Datagram[] _arrivals = new Datagram[BatchMax];
    private readonly byte[] _sending = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset];
    private readonly List<Socket> _readable = [];
    private int _count;
    private int _firstListener;
    private int _isWoken;

    /// <exception cref="PortException">One of the addresses cannot be bound.</exception>
    public PortableUdpPort(IReadOnlyList<IPEndPoint> endpoints)
    {
        _wakeReceiver = Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wakeSender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _wakeSender.Connect(_wakeReceiver.LocalEndPoint!);
        try
        {
            foreach (var endpoint in endpoints)
            {
                var socket = Bind(endpoint);
                _sockets.Add(socket);
                _bound.Add(Endpoint.From((IPEndPoint)socket.LocalEndPoint!));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<Endpoint> LocalEndpoints => _bound;

    public bool HearsBroadcasts => LocalEndpoints.Any(static bound => bound.IsWildcard);

    public long UnsentDatagrams { get; private set; }

    /// <inheritdoc/>
    /// <remarks>Of what did not fit into the queue no system call of the framework's tells.</remarks>
    public long UnreadDatagrams { get; private set; }

    public int Poll(int awaited) => Receive(0);

    public int Receive(int milliseconds)
    {
        _count = 0;
        ReceiveWaiting();
        if (_count > 0 || milliseconds == 0) return _count;
        _readable.Clear();
        _readable.AddRange(_sockets);
        _readable.Add(_wakeReceiver);
        Socket.Select(_readable, null, null, milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds));
        if (Interlocked.Exchange(ref _isWoken, 0) != 0 || _wakeReceiver.Available > 0) DrainWake();
        ReceiveWaiting();
        return _count;
    }

    public Datagram Arrival(int number) => _arrivals[number];

    public void Send(in Emission emission)
    {
        var flow = emission.Peer!.Flow;
        var socket = _sockets[flow.Listener];
        var remote = flow.Remote.ToIPEndPoint();
        if (socket.AddressFamily == AddressFamily.InterNetworkV6) remote.Address = remote.Address.MapToIPv6();
        for (var number = 0; number < emission.DatagramCount; number++)
        {
            var length = emission.WriteDatagram(number, _sending);
            try
            {
                socket.SendTo(_sending.AsSpan(0, length), SocketFlags.None, remote);
            }
            catch (SocketException)
            {
                UnsentDatagrams++;
            }
        }
    }

    /// <summary>Nothing waits here: each datagram has left already.</summary>
    public void Flush()
    {
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0) _wakeSender.Send([0]);
    }

    public void Dispose()
    {
        // A worker may still have something to say.
        Volatile.Write(ref _isWoken, 1);
        _sockets.ForEach(socket => socket.Dispose());
        _wakeSender.Dispose();
        _wakeReceiver.Dispose();
    }

    private static Socket Bind(IPEndPoint endpoint)
    {
        try
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = true;
            if (OperatingSystem.IsWindows()) socket.IOControl(UdpConnectionReset, [0, 0, 0, 0], null);
            socket.SetSocketOption(
                endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP,
                SocketOptionName.PacketInformation, true);
            socket.Bind(endpoint);
            return socket;
        }
        catch (SocketException error)
        {
            throw PortException.From(endpoint, error);
        }
    }

    private void ReceiveWaiting()
    {
        for (var number = 0; number < _sockets.Count; number++)
        {
            var listener = (_firstListener + number) % _sockets.Count;
            // Not by what is available: of an empty datagram that is nothing, and none behind it would ever be read.
            while (_count < BatchMax && _sockets[listener].Poll(0, SelectMode.SelectRead)) ReceiveOne(listener);
        }

        // By turns, so that a flood on one address leaves the others theirs.
        _firstListener = (_firstListener + 1) % _sockets.Count;
    }

    private void ReceiveOne(int listener)
    {
        var socket = _sockets[listener];
        EndPoint remote = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var flags = SocketFlags.None;
        var slot = _received.AsMemory(_count * SlotLength, SlotLength);
        try
        {
            var length = socket.ReceiveMessageFrom(slot.Span, ref flags, ref remote, out var information);
            var local = information.Address is { } address && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
                ? Endpoint.From(address, _bound[listener].Port)
                : _bound[listener];
            // A subnet's own broadcast address is known where the system marks it, as Windows does.
            var isBroadcast = local.IsBroadcast || (flags & (SocketFlags.Broadcast | SocketFlags.Multicast)) != 0;
            _arrivals[_count++] = new Datagram(new Flow(Endpoint.From((IPEndPoint)remote), local, listener), slot[..length], IsBroadcast: isBroadcast);
        }
        catch (SocketException error) when (error.SocketErrorCode is not (SocketError.NotSocket or SocketError.InvalidArgument))
        {
            // Cut off (longer than any packet for a server), or an ICMP error that names no peer.
            UnreadDatagrams++;
        }
    }

    private void DrainWake()
    {
        Span<byte> bytes = stackalloc byte[16];
        while (_wakeReceiver.Available > 0) _wakeReceiver.Receive(bytes);
    }
}
