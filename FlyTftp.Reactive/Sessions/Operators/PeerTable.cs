using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>All sessions by their flow: what <see cref="ServePerPeer"/> subscribes.</summary>
    private sealed partial class PeerTable(
        SessionLimits limits, Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve, IScheduler scheduler, SessionCount count,
        IObserver<Emission> observer) : IObserver<PeerPacket>
    {
        /// <summary>An answer to what is in flight would be here by twice the round trip and this.</summary>
        private static readonly TimeSpan AnswerMargin = TimeSpan.FromMilliseconds(20);

        /// <summary>A transfer under attack that lost blocks goes on by the timers of both sides within this.</summary>
        private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(3);

        private readonly Dictionary<Flow, PeerSession> _sessions = [];
        private readonly SessionPlaces _places = new(limits.SessionsMax);
        private bool _isClosing, _isCompleted, _isSuperseding;

        public CompositeDisposable Run(IObservable<PeerPacket> packets, IObservable<Unit> drain)
        {
            var subscriptions = new CompositeDisposable(3) { Disposable.Create(EndAll) };
            subscriptions.Add(drain.Take(1).Subscribe(_ => OnCompleted()));
            subscriptions.Add(packets.Subscribe(this));
            return subscriptions;
        }

        public void OnNext(PeerPacket arrival)
        {
            if (_isCompleted) return;
            if (arrival.IsBroadcast && !(limits.AnswersBroadcasts && arrival.Packet.Kind == PacketKind.ReadRequest)) Ignore(arrival, IgnoreReason.Broadcast);
            else if (!_sessions.TryGetValue(arrival.Flow, out var session)) Admit(arrival);
            else if (!arrival.Packet.IsRequest) Deliver(session, arrival.Packet);
            else if (session.IsRepeat(arrival.Packet)) Repeat(session, arrival);
            else if (session.Peer.IsValidated) Hold(session, arrival);
            else Supersede(session, arrival);
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted()
        {
            _isClosing = true;
            if (_sessions.Count == 0) Complete();
        }

        public void Emit(in Emission emission) => observer.OnNext(emission);

        /// <summary>Forgets a session that has completed, failed or been superseded.</summary>
        public void End(PeerSession session)
        {
            LeaveLine(session);
            if (session.IsSuspended) Forget();
            session.Dispose();
            _places.Leave(session);
            // A session that was superseded has made room for the next already, and must not take that one with it.
            if (!_sessions.TryGetValue(session.Peer.Flow, out var current) || current != session) return;
            _sessions.Remove(session.Peer.Flow);
            count.Value = _sessions.Count;
            // What it has kept waiting need wait no longer.
            if (session.TakeHeld() is { } held) Admit(held);
            else if (_isClosing && _sessions.Count == 0 && !_isSuperseding) Complete();
        }

        public void Fault(PeerSession session, Exception error)
        {
            Emit(Emission.Note(session.Peer, EndOf(session, Outcome.Faulted, $"{error.GetType().Name}: {error.Message}") with { Bug = error }));
            End(session);
        }

        private void Admit(in PeerPacket arrival)
        {
            if (WhyIgnored(arrival) is not { } reason)
            {
                Open(arrival);
                return;
            }

            Ignore(arrival, reason);
            // A request that a session has kept waiting, or made way for.
            if (_isClosing && _sessions.Count == 0 && arrival.Packet.IsRequest) Complete();
        }

        private void Ignore(in PeerPacket arrival, IgnoreReason reason) => observer.OnNext(Emission.Note(
            null, new Ignored(arrival.Flow, reason, arrival.Packet.Kind == PacketKind.Malformed ? arrival.Packet.Malformation : null)));

        private void Complete()
        {
            if (!_isCompleted) observer.OnCompleted();
            _isCompleted = true;
        }

        private IgnoreReason? WhyIgnored(in PeerPacket arrival) => arrival.Packet switch
        {
            { Kind: PacketKind.Malformed } => IgnoreReason.Malformed,
            { IsRequest: false } => IgnoreReason.Stray,
            _ when arrival.Flow.Remote.Port == 0 => IgnoreReason.PortZero,
            _ when _isClosing => IgnoreReason.Draining,
            _ when !_places.TryMakeRoom(arrival.Flow.Remote, scheduler.Now, Evict) => IgnoreReason.TooManySessions,
            _ => null,
        };

        private void Open(in PeerPacket arrival)
        {
            var peer = new Peer(arrival.Flow, arrival.Packet.Request)
            {
                IsBroadcast = arrival.IsBroadcast,
                RequestBytes = arrival.Length,
                IsTrusted = limits.TrustsPeers || arrival.Flow.Remote.IsLoopback,
            };
            var session = new PeerSession(this, peer, scheduler.Now);
            _sessions.Add(arrival.Flow, session);
            count.Value = _sessions.Count;
            _places.Enter(session);
            session.Start(serve, arrival.Packet);
            KeepQuery(session);
        }

        private void Deliver(PeerSession session, in Packet packet)
        {
            if (packet.Kind == PacketKind.TooBig)
            {
                session.Peer.Learn(packet);
                return;
            }

            RunningTrace.Heard(session.Peer, packet, scheduler.Now);
            if (session.IsSuspended)
            {
                if (session.IsConcernedBy(packet)) Resume(session, packet);
                return;
            }

            var isAlive = session.IsHolding && packet.Kind == PacketKind.Acknowledgment && session.Peer.Awaits(packet.Block);
            var held = isAlive ? session.TakeHeld() : null;
            session.HearMeanwhile(packet, scheduler.Now);
            session.Receive(packet);
            if (session.Peer.HasAcknowledged) Answered(session);
            // If the transfer goes on, the request that came into it was not its client's.
            if (session.IsOver && held is { } request) Admit(request);
        }

        private void Repeat(PeerSession session, in PeerPacket arrival)
        {
            session.Peer.RequestBytes += arrival.Length;
            RunningTrace.Heard(session.Peer, Packet.Repeated, scheduler.Now);
            if (!session.IsSuspended) session.Receive(Packet.Repeated);
            else if (scheduler.Now - session.Peer.SentAt >= SendState.ReplyInterval) Resume(session, Packet.Repeated);
        }

        /// <summary>
        /// As long as the transfer may go on, which shows that the request was not its client's; where the client is likely to have left it, as long as an
        /// answer may be on its way. What is asked again is served at once.
        /// </summary>
        private void Hold(PeerSession session, in PeerPacket arrival)
        {
            var (now, peer) = (scheduler.Now, session.Peer);
            // Who sees none of the transfer does not know what is asked for.
            var due = peer.IsClosing || peer.Request.Equals(arrival.Packet.Request) ? peer.SentAt + 2 * (peer.RoundTrip ?? RetransmissionTimer.Initial / 2) + AnswerMargin : now + RecoveryTime;
            var since = session.HeldSince(arrival.Packet);
            if (since <= now - SendState.ReplyInterval) due = now;
            else if (since is not null) return;
            if (due <= now)
            {
                Supersede(session, arrival);
                return;
            }

            session.Hold(arrival, now, scheduler.Schedule(due, () =>
            {
                if (session.TakeHeld() is { } held) Supersede(session, held);
            }));
        }

        private void Supersede(PeerSession session, in PeerPacket arrival)
        {
            // Nothing completes before the request has been told of, which is the last to be.
            _isSuperseding = true;
            Finish(session, Packet.Superseded, Outcome.Closed);
            _isSuperseding = false;
            Admit(arrival);
        }

        private void Evict(PlaceHolder holder) => Finish((PeerSession)holder, Packet.Evicted, Outcome.GaveUp);

        /// <summary>Ends a session by a packet, whatever it makes of that.</summary>
        private void Finish(PeerSession session, in Packet packet, Outcome outcome)
        {
            _ = session.TakeHeld();
            session.Receive(packet);
            if (!session.IsOver) Finish(session, outcome, packet.ToString());
        }

        private void Finish(PeerSession session, Outcome outcome, string? detail)
        {
            Emit(Emission.Note(session.Peer, EndOf(session, outcome, detail)));
            End(session);
        }

        private SessionEnded EndOf(PeerSession session, Outcome outcome, string? detail) =>
            new Admission(session.Peer, session, session.Opened).End(outcome, detail, scheduler.Now) with { Retransmissions = session.Peer.HalfOpen?.Retransmissions ?? 0 };

        private void EndAll()
        {
            _timer?.Dispose();
            foreach (var session in _sessions.Values) session.Dispose();
            _sessions.Clear();
            count.Value = 0;
        }
    }
}
