using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>One client's packets as an operator sees them, and who listens to them.</summary>
internal sealed class TestPeer(string request = "RRQ file octet") : IGroupedObservable<Peer, Packet>
{
    private readonly Subject<Packet> _packets = new();

    public Peer Key { get; } = new(Stage.Flow, Stage.Request(request));

    /// <summary>Somebody still listens.</summary>
    public bool IsHeard => _packets.HasObservers;

    public IDisposable Subscribe(IObserver<Packet> observer) => _packets.Subscribe(observer);

    /// <summary>As <see cref="PacketScript"/> writes packets, or <c>superseded</c>.</summary>
    public void Send(string packet)
    {
        if (packet is PacketScript.Unreachable or "superseded")
        {
            _packets.OnNext(packet == "superseded" ? Packet.Superseded : Packet.Unreachable);
            return;
        }

        var bytes = PacketScript.Encode(packet);
        Key.ReceivedBytes += bytes.Length;
        _packets.OnNext(PacketReader.Read(bytes));
    }

    public void End() => _packets.OnCompleted();

    /// <summary>The peer's request, admitted at this moment.</summary>
    public Admission Admit(Stage stage) => new(Key, this, stage.Scheduler.Now);
}
