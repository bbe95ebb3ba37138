using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>One group, and the observer of what its session emits.</summary>
    private sealed class PeerSession(PeerTable table, Peer peer, DateTimeOffset opened)
        : PlaceHolder(peer, opened), IGroupedObservable<Peer, Packet>, IObserver<Emission>, IDisposable
    {
        private readonly Subject<Packet> _packets = new();
        private readonly SingleAssignmentDisposable _subscription = new();
        private PeerPacket _held;
        private IDisposable? _holding;

        public Peer Key => Peer;

        public bool IsOver => _subscription.IsDisposed;

        /// <summary>Another request waits for this session to go on or to be over.</summary>
        public bool IsHolding => _holding is not null;

        // A read's: any other request has been refused, and its session is over.
        public bool IsRepeat(in Packet packet) =>
            packet.Kind == PacketKind.ReadRequest && !Peer.HasAcknowledged && Peer.Request.Equals(packet.Request);

        public void Start(Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve) =>
            // Defer: a query that throws while it is being built or subscribed to is this session's failure like any other.
            _subscription.Disposable = Observable.Defer(() => serve(this)).Subscribe(this);

        public void Receive(in Packet packet) => _packets.OnNext(packet);

        /// <summary>Keeps a request until the timer that was started with it goes off; the newest counts.</summary>
        public void Hold(in PeerPacket request, IDisposable timer)
        {
            _holding?.Dispose();
            (_held, _holding) = (request, timer);
        }

        /// <summary>The request that was kept, if any, which from now on is not.</summary>
        public PeerPacket? TakeHeld()
        {
            if (_holding is null) return null;
            _holding.Dispose();
            var held = _held;
            (_held, _holding) = (default, null);
            return held;
        }

        public IDisposable Subscribe(IObserver<Packet> observer) => _packets.Subscribe(observer);

        public void OnNext(Emission emission) => table.Emit(emission);

        public void OnError(Exception error) => table.Fault(this, error);

        public void OnCompleted() => table.End(this);

        public void Dispose()
        {
            _holding?.Dispose();
            _subscription.Dispose();
        }
    }
}
