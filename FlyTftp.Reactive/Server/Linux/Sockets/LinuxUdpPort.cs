using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// The edge on Linux: batches in and out, replies from the address that was asked, peers that have closed their port reported at once, and a
/// short poll before sleeping while a peer near by is to answer, since the wake-up costs more than the work.
/// </summary>
internal sealed unsafe class LinuxUdpPort : IUdpPort
{
    /// <summary>Times that the sockets are looked at between two readings of the clock, which costs a fifth of a look.</summary>
    private const int LooksPerClock = 4;

    private readonly UdpSocket[] _sockets;
    private readonly SendBatch[] _sends;
    private readonly IReadOnlyList<(UdpSocket Socket, int Listener)> _broadcasts = [];
    // Those, and behind them those for broadcasts.
    private readonly UdpSocket[] _all;
    private readonly ReceiveBatch _received = new();
    private readonly NativeSocket.PollEntry* _polled;
    private readonly WakeEvent _wake;
    private readonly AnswerWait _answers;
    private int _isWoken;
    private int _firstListener;

    /// <param name="endpoints">What to bind to.</param>
    /// <param name="busyPoll">How long to poll for the answer of a peer near by; zero: not at all.</param>
    /// <param name="hearsBroadcasts">Where an address is a single one, broadcasts to it need sockets of their own.</param>
    /// <exception cref="PortException">One of them cannot be bound, or the system has no descriptors left.</exception>
    public LinuxUdpPort(IReadOnlyList<IPEndPoint> endpoints, PortSharing sharing, TimeSpan busyPoll, bool hearsBroadcasts = false)
    {
        var sockets = new List<UdpSocket>(endpoints.Count);
        try
        {
            foreach (var endpoint in endpoints) sockets.Add(UdpSocket.Bind(endpoint, sharing));
            _sockets = [.. sockets];
            if (hearsBroadcasts) _broadcasts = BroadcastSockets.Bind(sockets);
            sockets.AddRange(_broadcasts.Select(static one => one.Socket));
            _wake = new WakeEvent();
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }

        _all = [.. sockets];
        _sends = [.. _sockets.Select(socket => new SendBatch(socket))];
        _answers = new AnswerWait(busyPoll);
        _polled = (NativeSocket.PollEntry*)NativeMemory.AllocZeroed((nuint)_all.Length + 1, (nuint)sizeof(NativeSocket.PollEntry));
        for (var number = 0; number < _all.Length; number++)
            _polled[number] = new NativeSocket.PollEntry { Descriptor = _all[number].Descriptor, Events = NativeSocket.PollIn };
        _polled[_all.Length] = new NativeSocket.PollEntry { Descriptor = _wake.Descriptor, Events = NativeSocket.PollIn };
    }

    public IReadOnlyList<Endpoint> LocalEndpoints => [.. _sockets.Select(socket => socket.Bound)];

    public bool HearsBroadcasts => _broadcasts.Count > 0 || _sockets.Any(static socket => socket.Bound.IsWildcard);

    public long UnsentDatagrams => _sends.Sum(send => send.Dropped);

    public long UnreadDatagrams => _all.Sum(static socket => socket.CountDrops());

    public int Poll(int awaited)
    {
        _received.Clear();
        if (!ReceiveWaiting(ReceiveBatch.Capacity) && awaited > 0 && _answers.Begin()) BusyPoll(awaited);
        return _received.Count;
    }

    public int Receive(int milliseconds)
    {
        _received.Clear();
        if (ReceiveWaiting(ReceiveBatch.Capacity) || milliseconds == 0) return _received.Count;
        if (Volatile.Read(ref _isWoken) == 0) _ = NativeSocket.Poll(_polled, (nuint)_all.Length + 1, milliseconds);
        ClearWake();
        // An error that only the next datagram of a batch has met is told by nothing else, and poll would never sleep again.
        for (var listener = 0; listener < _sockets.Length; listener++)
        {
            _sends[listener].HasErrors |= (_polled[listener].Returned & NativeSocket.PollError) != 0;
            if ((_polled[listener].Returned & NativeSocket.PollInvalid) != 0) _sockets[listener].ThrowIfDead(Errno.BadDescriptor);
        }

        ReceiveWaiting(ReceiveBatch.Capacity);
        return _received.Count;
    }

    public Datagram Arrival(int number) => _received[number];

    public void Send(in Emission emission)
    {
        _answers.Sent(emission.Peer!.RoundTrip);
        _sends[emission.Peer.Flow.Listener].Add(emission);
    }

    public void Flush()
    {
        foreach (var send in _sends) send.Flush();
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0) _wake.Signal();
    }

    public void Dispose()
    {
        // A worker may still have something to say, when the descriptor is closed or already somebody else's.
        Volatile.Write(ref _isWoken, 1);
        foreach (var send in _sends) send.Dispose();
        foreach (var socket in _all) socket.Dispose();
        _received.Dispose();
        NativeMemory.Free(_polled);
        _wake.Dispose();
    }

    private bool ReceiveWaiting(int most)
    {
        for (int number = 0, listener = _firstListener; number < _sockets.Length; number++, listener = Next(listener))
        {
            if (_received.Receive(_sockets[listener], listener, most) && !_sends[listener].HasErrors) continue;
            _sends[listener].HasErrors = !_received.ReceiveErrors(_sockets[listener], listener);
            _received.Receive(_sockets[listener], listener, most);
        }

        foreach (var (socket, listener) in _broadcasts) _received.Receive(socket, listener, most);
        // By turns, so that a flood on one address leaves the others theirs.
        _firstListener = Next(_firstListener);
        return _received.Count > 0;
    }

    private int Next(int listener) => listener + 1 == _sockets.Length ? 0 : listener + 1;

    /// <summary>
    /// Asks for one datagram, by the cheapest call there is: when a lone client's ACK is there, the kernel is not asked in vain for a second one
    /// before the first is answered. What else has come is met by the next turn, or here where several are expected.
    /// </summary>
    private void BusyPoll(int awaited)
    {
        while (_answers.GoesOn(Stopwatch.GetTimestamp()))
        {
            for (var look = 0; look < LooksPerClock; look++)
            {
                if (ReceiveWaiting(1))
                {
                    _answers.Succeeded();
                    if (awaited > 1) ReceiveWaiting(awaited - 1);
                    return;
                }

                if (Volatile.Read(ref _isWoken) != 0) return;
            }
        }
    }

    private void ClearWake()
    {
        Volatile.Write(ref _isWoken, 0);
        // Whoever wakes raises the flag first and writes after: the count may come one round later, and must not keep poll from sleeping.
        if (_polled[_all.Length].Returned != 0) _wake.Clear();
    }
}
