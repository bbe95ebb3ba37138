using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>One client's packets as an operator sees them, and who listens to them.</summary>
/// <param name="stage">Whose clock the subscriptions are noted by.</param>
internal sealed class TestPeer(string request = "RRQ file octet", Stage? stage = null) : IGroupedObservable<Peer, Packet>
{
    private readonly Subject<Packet> _packets = new();
    private TestableObservable<Packet>? _testable;

    /// <summary>Its request was long enough for any reply to be free.</summary>
    public Peer Key { get; } = new(Stage.Flow, Stage.Request(request)) { RequestBytes = 100_000 };

    /// <summary>Somebody still listens.</summary>
    public bool IsHeard => _packets.HasObservers;

    /// <summary>See <see cref="TestableObservable{T}.Subscriptions"/>.</summary>
    public string Subscriptions => Testable.Subscriptions;

    private TestableObservable<Packet> Testable => _testable ??= (stage ?? new Stage()).Testable(_packets);

    public IDisposable Subscribe(IObserver<Packet> observer) => Testable.Subscribe(observer);

    /// <summary>As <see cref="PacketScript"/> writes packets, or <c>superseded</c>.</summary>
    public void Send(string packet)
    {
        if (packet is PacketScript.Unreachable or "superseded")
        {
            _packets.OnNext(packet == "superseded" ? Packet.Superseded : Packet.Unreachable);
            return;
        }

        var bytes = PacketScript.Encode(packet);
        _packets.OnNext(PacketReader.Read(bytes));
    }

    /// <summary>The peer's request, admitted at this moment.</summary>
    public Admission Admit(Stage stage) => new(Key, this, stage.Scheduler.Now);
}
