using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Groups the packets by flow and serves each group: GroupByUntil and SelectMany in one, with two rules that these cannot express. A group
    /// is opened by a request only, and it ends by its own session's end, so that the same client port can ask again at once.
    /// These two themselves were tried (docs/adr/0009): with the rules in front of them they pass all tests, but cost 110 ns and 40 bytes a
    /// datagram and 3 KB a session more, and Native AOT fails on them: "VTable of type … not computed by the IL scanner".
    /// A group does not complete: the end of <paramref name="packets"/> is silence to a session, not an answer.
    /// <code>
    /// packets  --RRQ:a--RRQ:b--ACK:a--ACK:z(stray)--ACK:b--
    /// a          +-------------ACK--|                          (the session completes)
    /// b                 +---------------------------ACK----
    /// out      --…a…----…b…-…a…-----(ignored)-------…b…----
    /// </code>
    /// The same request again, while nothing is acknowledged, changes nothing: the reply's own timer repeats it. Any other request from a peer with
    /// a session ends that session (it sees <see cref="Packet.Superseded"/>) and opens the next.
    /// Completes when <paramref name="packets"/> or <paramref name="drain"/> has ended or fired and the last session is over.
    /// A session that fails by a bug is reported as <see cref="Outcome.Faulted"/> and touches no other: here, and nowhere else, errors are caught.
    /// </summary>
    /// <param name="drain">From its first element on no session is opened.</param>
    /// <param name="serve">One session's query: from the packets of a peer, of which the first is the request, to emissions.</param>
    /// <param name="count">Is told how many sessions there are.</param>
    public static IObservable<Emission> ServePerPeer(
        this IObservable<PeerPacket> packets,
        SessionLimits limits,
        IObservable<Unit> drain,
        Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve,
        SessionCount count,
        IScheduler scheduler) =>
        Observable.Create<Emission>(observer => new PeerTable(limits, serve, scheduler, count, observer).Run(packets, drain));

    private sealed class PeerTable(
        SessionLimits limits, Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve, IScheduler scheduler, SessionCount count,
        IObserver<Emission> observer) : IObserver<PeerPacket>
    {
        private readonly Dictionary<Flow, PeerSession> _sessions = [];
        private bool _isClosing;

        public CompositeDisposable Run(IObservable<PeerPacket> packets, IObservable<Unit> drain)
        {
            var subscriptions = new CompositeDisposable(3) { Disposable.Create(EndAll) };
            subscriptions.Add(drain.Take(1).Subscribe(_ => OnCompleted()));
            subscriptions.Add(packets.Subscribe(this));
            return subscriptions;
        }

        public void OnNext(PeerPacket arrival)
        {
            var packet = arrival.Packet;
            if (arrival.IsBroadcast && !(limits.AnswersBroadcasts && packet.Kind == PacketKind.ReadRequest))
            {
                observer.OnNext(Emission.Note(null, new Ignored(arrival.Flow, IgnoreReason.Broadcast)));
                return;
            }

            if (_sessions.TryGetValue(arrival.Flow, out var session))
            {
                if (!packet.IsRequest)
                {
                    session.Receive(packet, arrival.Length);
                    return;
                }

                if (session.IsRepeat(packet))
                {
                    session.Peer.ReceivedBytes += arrival.Length;
                    return;
                }

                session.Receive(Packet.Superseded, length: 0);
                End(session);
            }

            if (WhyIgnored(arrival) is { } reason)
                observer.OnNext(Emission.Note(null, new Ignored(arrival.Flow, reason, packet.Kind == PacketKind.Malformed ? packet.Malformation : null)));
            else Open(arrival);
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted()
        {
            _isClosing = true;
            if (_sessions.Count == 0) observer.OnCompleted();
        }

        public void Emit(in Emission emission) => observer.OnNext(emission);

        /// <summary>Forgets a session that has completed, failed or been superseded.</summary>
        public void End(PeerSession session)
        {
            session.Dispose();
            // A session that was superseded has made room for the next already, and must not take that one with it.
            if (!_sessions.TryGetValue(session.Peer.Flow, out var current) || current != session) return;
            _sessions.Remove(session.Peer.Flow);
            count.Value = _sessions.Count;
            if (_isClosing && _sessions.Count == 0) observer.OnCompleted();
        }

        public void Fault(PeerSession session, Exception error)
        {
            var admission = new Admission(session.Peer, session, session.Opened);
            var end = admission.End(Outcome.Faulted, $"{error.GetType().Name}: {error.Message}", scheduler.Now);
            Emit(Emission.Note(session.Peer, end with { Bug = error }));
            End(session);
        }

        private IgnoreReason? WhyIgnored(in PeerPacket arrival) => arrival.Packet switch
        {
            { Kind: PacketKind.Malformed } => IgnoreReason.Malformed,
            { IsRequest: false } => IgnoreReason.Stray,
            _ when arrival.Flow.Remote.Port == 0 => IgnoreReason.PortZero,
            _ when _isClosing => IgnoreReason.Draining,
            _ when _sessions.Count >= limits.SessionsMax => IgnoreReason.TooManySessions,
            _ => null,
        };

        private void Open(in PeerPacket arrival)
        {
            var session = new PeerSession(this, new Peer(arrival.Flow, arrival.Packet.Request) { IsBroadcast = arrival.IsBroadcast }, scheduler.Now);
            _sessions.Add(arrival.Flow, session);
            count.Value = _sessions.Count;
            session.Start(serve);
            session.Receive(arrival.Packet, arrival.Length);
        }

        private void EndAll()
        {
            foreach (var session in _sessions.Values) session.Dispose();
            _sessions.Clear();
            count.Value = 0;
        }
    }

    /// <summary>One group, and the observer of what its session emits.</summary>
    private sealed class PeerSession(PeerTable table, Peer peer, DateTimeOffset opened)
        : IGroupedObservable<Peer, Packet>, IObserver<Emission>, IDisposable
    {
        private readonly Subject<Packet> _packets = new();
        private readonly SingleAssignmentDisposable _subscription = new();

        public Peer Peer => peer;

        public Peer Key => peer;

        public DateTimeOffset Opened => opened;

        // A read's: any other request has been refused, and its session is over.
        public bool IsRepeat(in Packet packet) =>
            packet.Kind == PacketKind.ReadRequest && !peer.HasAcknowledged && peer.Request.Equals(packet.Request);

        public void Start(Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve) =>
            // Defer: a query that throws while it is being built or subscribed to is this session's failure like any other.
            _subscription.Disposable = Observable.Defer(() => serve(this)).Subscribe(this);

        public void Receive(in Packet packet, int length)
        {
            peer.ReceivedBytes += length;
            _packets.OnNext(packet);
        }

        public IDisposable Subscribe(IObserver<Packet> observer) => _packets.Subscribe(observer);

        public void OnNext(Emission emission) => table.Emit(emission);

        public void OnError(Exception error) => table.Fault(this, error);

        public void OnCompleted() => table.End(this);

        public void Dispose() => _subscription.Dispose();
    }
}
