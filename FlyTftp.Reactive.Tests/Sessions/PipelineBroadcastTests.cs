using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class PipelineBroadcastTests
{
    [Test]
    public void Whoever_asks_everybody_is_not_answered_and_disturbs_no_session()
    {
        var (arrivals, said) = (new Subject<Datagram>(), new List<string>());
        using var subscription = arrivals.Serve(new TestStore().Add("ten", 5000).Add("two", 600), new SessionLimits(), Observable.Never<Unit>(), new HistoricalScheduler()).Subscribe(
            emission => said.Add(emission is { Kind: EmissionKind.Note, SessionNote: Ignored ignored } ? $"{ignored.Reason}" : $"{emission}"));
        arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode("RRQ ten octet")));
        foreach (var packet in new[] { "RRQ ten octet", "RRQ two octet", "ACK 1" })
            arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode(packet), IsBroadcast: true));
        arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode("ACK 1")));
        Assert.That(said, Is.EqualTo(new[] { "DATA 1 (512 bytes)", "Broadcast", "Broadcast", "Broadcast", "DATA 2 (512 bytes)" }));
    }
}
