using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// One group, and the observer of what its session emits. While its peer has not answered it may be without a query: then nothing is left of it but
    /// <see cref="Peer.HalfOpen"/>, and its next packet has the query subscribed to again.
    /// </summary>
    private sealed class PeerSession(PeerTable table, Peer peer, DateTimeOffset opened)
        : PlaceHolder(peer, opened), IGroupedObservable<Peer, Packet>, IObserver<Emission>, IDisposable
    {
        // Both are there as long as there is a query.
        private Subject<Packet>? _packets;
        private SingleAssignmentDisposable? _subscription;
        private Waiting? _held;
        private IDisposable? _suspending;
        private HalfOpen? _resumed;
        private bool _isToSuspend;

        public Peer Key => Peer;

        public bool IsOver { get; private set; }

        /// <summary>It has no query at this time.</summary>
        public bool IsSuspended => _packets is null && !IsOver;

        /// <summary>Its place among those that have not answered and keep their query, or among those whose reply is to be sent once more.</summary>
        public LinkedListNode<PeerSession>? InLine { get; set; }

        /// <summary>Another request waits for this session to go on or to be over.</summary>
        public bool IsHolding => _held is not null;

        // A read's: any other request has been refused, and its session is over.
        public bool IsRepeat(in Packet packet) =>
            packet.Kind == PacketKind.ReadRequest && !Peer.HasAcknowledged && Peer.Request.Equals(packet.Request);

        /// <summary>Subscribes to the query, whose first packet is the request.</summary>
        public void Start(Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve, in Packet request)
        {
            (_packets, _subscription, _isToSuspend) = (new Subject<Packet>(), new SingleAssignmentDisposable(), false);
            // Defer: a query that throws while it is being built or subscribed to is this session's failure like any other.
            _subscription.Disposable = Observable.Defer(() => serve(this)).Subscribe(this);
            Receive(request);
        }

        public void Receive(in Packet packet) => _packets?.OnNext(packet);

        /// <summary>Without a query, a packet that would lead it anywhere.</summary>
        public bool IsConcernedBy(in Packet packet) => packet.Kind switch
        {
            PacketKind.Acknowledgment => Peer.Awaits(packet.Block),
            PacketKind.Error or PacketKind.Unreachable or PacketKind.Repeated => true,
            _ => false,
        };

        /// <summary>Lets the query go, if it has given its reply and that is not answered.</summary>
        /// <param name="orLater">If it has given none, then as soon as it has.</param>
        public void Suspend(bool orLater)
        {
            _isToSuspend = orLater;
            Receive(Packet.Suspended);
        }

        /// <summary>Has the query subscribed to again, from where it was.</summary>
        /// <param name="packet">What has come; <c>null</c>: nothing, in the time that an answer has.</param>
        public void Resume(Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve, Packet? packet, DateTimeOffset now)
        {
            _resumed = Peer.HalfOpen!;
            (_resumed.Packet, _resumed.At) = (packet, now);
            Start(serve, Packet.OfRequest(PacketKind.ReadRequest, Peer.Request));
        }

        /// <summary>Hears an answer that comes while the query that goes on has not got as far as to hear it itself.</summary>
        public void HearMeanwhile(in Packet packet, DateTimeOffset now)
        {
            if (_resumed is not { Packet: not { Kind: PacketKind.Acknowledgment } } resumed) return;
            if (Peer.HasAcknowledged || packet.Kind != PacketKind.Acknowledgment || !Peer.Awaits(packet.Block)) return;
            (resumed.Packet, resumed.At) = (packet, now);
        }

        /// <summary>Keeps a request until the timer that was started with it goes off; the newest counts.</summary>
        public void Hold(in PeerPacket request, DateTimeOffset now, IDisposable timer)
        {
            _held?.Timer.Dispose();
            _held = new Waiting(request, now, timer);
        }

        /// <summary>When the request that is kept came, if it is this one.</summary>
        public DateTimeOffset? HeldSince(in Packet packet) =>
            _held is { } held && held.Request.Packet.Kind == packet.Kind && held.Request.Packet.Request.Equals(packet.Request) ? held.At : null;

        /// <summary>The request that was kept, if any, which from now on is not.</summary>
        public PeerPacket? TakeHeld()
        {
            if (_held is not { } held) return null;
            held.Timer.Dispose();
            _held = null;
            return held.Request;
        }

        public IDisposable Subscribe(IObserver<Packet> observer) => _packets!.Subscribe(observer);

        public void OnNext(Emission emission)
        {
            table.Emit(emission);
            if (!_isToSuspend || emission.Kind is not (EmissionKind.Blocks or EmissionKind.OptionAcknowledgment)) return;
            _isToSuspend = false;
            _suspending = table.SuspendSoon(this);
        }

        public void OnError(Exception error) => table.Fault(this, error);

        public void OnCompleted()
        {
            if (Peer.HalfOpen is null) table.End(this);
            else (_packets, _subscription, _resumed) = (null, null, null);
        }

        public void Dispose()
        {
            IsOver = true;
            _held?.Timer.Dispose();
            _suspending?.Dispose();
            _subscription?.Dispose();
        }

        private sealed record Waiting(PeerPacket Request, DateTimeOffset At, IDisposable Timer);
    }
}
