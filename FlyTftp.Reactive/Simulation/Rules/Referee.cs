using System.Reactive.Concurrency;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>
/// Watches every datagram on its way into and out of the pipeline, and remembers the first thing that must not be. docs/simulation.md
/// lists the rules.
/// </summary>
internal sealed class Referee(SessionLimits limits, IScheduler scheduler)
{
    /// <summary>Up to this share of loss each honest client gets its file.</summary>
    public const double HonestLossMax = 0.2;

    /// <summary>What a disk that is meant to fail fails with: no bug.</summary>
    public const string DiskFailure = "disk failed as it should";

    /// <summary>Addresses in whose name forgers ask: 198.19.0.0/16.</summary>
    public const uint Victims = 0xC613_0000;

    // What is hashed of a datagram: its header and a few bytes of the payload. All bytes are compared by who receives them.
    private const int HashedBytes = 16;

    private readonly DateTimeOffset _start = scheduler.Now;
    private readonly Dictionary<Flow, SessionWatch> _sessions = [];
    private readonly HashSet<Flow> _replaced = [];
    private readonly Dictionary<Flow, (Request Request, int Length)> _waiting = [];
    private readonly AmplificationWatch _amplification = new(scheduler.Now);
    private readonly long[] _outcomes = new long[Enum.GetValues<Outcome>().Length];
    private readonly List<TransferTime> _transfers = [];
    private Fingerprint _fingerprint;
    private Cause _cause;
    private Datagram _arrival;
    private Request? _request;
    private bool _isIgnored, _hasOpened;

    /// <summary>The first rule that was broken, and when.</summary>
    public string? Violation { get; private set; }

    /// <summary>Sessions that have begun and not ended.</summary>
    public int OpenSessions { get; private set; }

    /// <summary>Requests that may yet open a session of their own, which is known of from its first emission on.</summary>
    public int WaitingRequests => _waiting.Count;

    public long Datagrams { get; private set; }

    public long Bytes { get; private set; }

    public int Completions => _transfers.Count;

    public IReadOnlyList<TransferTime> Transfers => _transfers;

    /// <summary>Datagrams out of the server.</summary>
    public long Sent { get; private set; }

    public int Restarts { get; private set; }

    public int AbandonedClients { get; private set; }

    public IReadOnlyList<long> Outcomes => _outcomes;

    public ulong FingerprintValue => _fingerprint.Value;

    public void Fail(string what) => Violation ??= $"{(scheduler.Now - _start).TotalSeconds:F6} s: {what}";

    public void Completed(int bytes, DateTimeOffset began)
    {
        Bytes += bytes;
        _transfers.Add(new TransferTime(bytes, began, scheduler.Now));
    }

    public void Restarted() => Restarts++;

    public void Abandoned() => AbandonedClients++;

    /// <summary>
    /// A copy of a request that had been answered already came late and, as the newest request, has won; or the path was too bad for the client to
    /// prove that it receives.
    /// </summary>
    public bool WasReplacedByLateCopy(Flow flow) => _replaced.Contains(flow);

    /// <summary>Lets the disk answer.</summary>
    public void DuringLoad(Action answer)
    {
        _cause = Cause.Load;
        answer();
        _cause = Cause.Timer;
    }

    /// <summary>A request of this flow waited for the session before, and has shown nothing since: it may have a session by now.</summary>
    public bool HasWaiting(Flow flow) => _waiting.ContainsKey(flow);

    /// <summary>Lets a datagram arrive.</summary>
    public void DuringArrival(in Datagram datagram, IObserver<Datagram> server)
    {
        Datagrams++;
        Hash(datagram.Flow, datagram.Payload.Span);
        (_arrival, _cause, _request, _isIgnored, _hasOpened) = (datagram, Cause.Arrival, null, false, false);
        var before = _sessions.GetValueOrDefault(datagram.Flow);
        var wasOpen = before is { IsOver: false };
        // What an ICMP message quotes is the server's own, and whoever asks everybody asks nobody.
        if (datagram.IsUnreachable && before is { IsOver: false }) before.MayClose = true;
        if (!datagram.IsIcmp && !datagram.IsBroadcast) Judge(PacketReader.Read(datagram.Payload.Span), before);
        server.OnNext(datagram);
        if (_request is not null) Note(before, wasOpen);
        _cause = Cause.Timer;
    }

    public void Judge(in Emission emission)
    {
        var now = scheduler.Now;
        if (emission.Peer is not { } peer)
        {
            _isIgnored = true;
            return;
        }

        if (WatchOf(peer, now) is not { } session)
        {
            Fail($"{peer.Flow.Remote}: a session that nobody has asked for said {emission}");
            return;
        }

        var problem = JudgeProof(peer, session);
        problem ??= emission.Kind == EmissionKind.Note ? JudgeNote(emission.SessionNote, session, now) : session.Judge(emission, _cause, now);
        if (!limits.TrustsPeers && problem is null && !session.IsProven && emission.Kind != EmissionKind.Note)
            problem = _amplification.Sent(session, peer.Flow.Remote, now);
        if (problem is not null) Fail($"the session of {peer.Flow.Remote} (\"{peer.Request.FileName}\") {problem}, at {emission}");
    }

    /// <summary>Who asks in others' names must never be taken for one who receives.</summary>
    private string? JudgeProof(Peer peer, SessionWatch session)
    {
        if (peer.Kind != PeerKind.Proven || session.IsProven) return null;
        session.IsProven = true;
        _amplification.Proven(session, peer.Flow.Remote);
        return (uint)peer.Flow.Remote.Low >> 16 == Victims >> 16 ? "took a forger for its victim" : null;
    }

    /// <summary>A datagram that leaves.</summary>
    public void Count(Flow flow, ReadOnlySpan<byte> datagram)
    {
        Datagrams++;
        Sent++;
        Hash(flow, datagram);
    }

    /// <summary>The run is over: nobody may be left.</summary>
    public void Finish()
    {
        foreach (var (flow, session) in _sessions)
        {
            if (!session.IsOver) Fail($"the session of {flow.Remote} (\"{session.Request.FileName}\") never ended");
        }
    }

    private void Judge(in Packet packet, SessionWatch? session)
    {
        if (packet.IsRequest) _request = packet.Request;
        if (session is not { IsOver: false }) return;
        session.IsAskedAgain = packet.IsRequest;
        if (packet.IsRequest)
        {
            session.RequestBytes += _arrival.Payload.Length;
            session.Requests++;
        }

        session.MayClose |= packet.Kind == PacketKind.Error || packet.IsRequest;
        if (packet.Kind != PacketKind.Acknowledgment) return;
        session.Acknowledge(packet.Block, scheduler.Now);
    }

    /// <summary>What a request has brought about.</summary>
    private void Note(SessionWatch? before, bool wasOpen)
    {
        if (_isIgnored) return;
        // If it is for something else, it may wait until it is clear that the transfer before does not go on.
        if (before is { IsOver: false }) _waiting[_arrival.Flow] = (_request!, _arrival.Payload.Length);
        // One that had been waiting may have come to its end by this one.
        else if (!_hasOpened || !_sessions[_arrival.Flow].Request.Equals(_request)) Open(_arrival.Flow, _request!);
        if (wasOpen && before!.IsOver && before.Request.Equals(_request)) _replaced.Add(_arrival.Flow);
    }

    private SessionWatch? WatchOf(Peer peer, DateTimeOffset now)
    {
        var known = _sessions.GetValueOrDefault(peer.Flow);
        if (known is { Peer: null, IsOver: false }) known.Peer = peer;
        if (known?.Peer == peer) return known;
        // Two at a time, or one that no request has opened.
        if (known is { IsOver: false }) return null;
        var hasAsked = _cause == Cause.Arrival && _request is not null && _arrival.Flow == peer.Flow;
        var hasWaited = _waiting.Remove(peer.Flow, out var waiting) && waiting.Request.Equals(peer.Request);
        if (!hasAsked && !hasWaited) return null;
        var session = Open(peer.Flow, peer.Request);
        session.Peer = peer;
        session.RequestBytes = hasAsked ? _arrival.Payload.Length : waiting.Length;
        return session;
    }

    private SessionWatch Open(Flow flow, Request request)
    {
        // A session that has waited may show by its end, when another's request has taken its place.
        _hasOpened |= flow == _arrival.Flow;
        OpenSessions++;
        return _sessions[flow] = new SessionWatch(request, limits, scheduler.Now) { RequestBytes = _arrival.Payload.Length };
    }

    private string? JudgeNote(SessionNote note, SessionWatch session, DateTimeOffset now)
    {
        if (note is HeldBack) session.Challenge();
        if (note is Withheld)
        {
            session.Withhold(now);
            // What has sent nothing is forgotten with its reply.
            if (session.SentUnproven == 0 && !session.IsOver)
            {
                session.IsOver = true;
                OpenSessions--;
            }
        }

        if (note is not SessionEnded end) return null;

        if (session.IsDisproven) _replaced.Add(end.Flow);
        _fingerprint.Add((ulong)end.Outcome);
        _outcomes[(int)end.Outcome]++;
        var problem = session.JudgeEnd(end, _cause, now);
        OpenSessions--;
        return problem;
    }

    private void Hash(Flow flow, ReadOnlySpan<byte> bytes)
    {
        _fingerprint.Add((ulong)scheduler.Now.UtcTicks);
        _fingerprint.Add(flow.Remote.Low << 16 | flow.Remote.Port);
        _fingerprint.Add(bytes[..Math.Min(bytes.Length, HashedBytes)]);
    }
}
