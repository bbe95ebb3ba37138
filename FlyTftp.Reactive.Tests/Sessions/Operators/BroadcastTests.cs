using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>Requests that went to everybody.</summary>
internal sealed class BroadcastTests
{
    [TestCase("RRQ file octet", false, "note")]
    [TestCase("RRQ file octet", true, "DATA 1 (10 bytes)")]
    [TestCase("RRQ nothing octet", true, "note", Description = "another server may have it")]
    [TestCase("RRQ ../file octet", true, "note")]
    [TestCase("WRQ file octet", true, "note")]
    [TestCase("ACK 1", true, "note")]
    public void Are_answered_with_the_file_or_not_at_all(string packet, bool isAnswered, string said)
    {
        var arrivals = new Subject<Datagram>();
        var scheduler = new HistoricalScheduler();
        var emissions = new List<Emission>();
        var limits = new SessionLimits { AnswersBroadcasts = isAnswered };
        using var subscription = arrivals.Serve(new TestStore().Add("file", 10), limits, Observable.Never<Unit>(), scheduler).Subscribe(emissions.Add);
        arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode(packet), IsBroadcast: true));
        Assert.That(emissions.Select(static emission => emission.Kind == EmissionKind.Note ? "note" : emission.ToString()), Is.EqualTo(new[] { said }));

        if (said == "note") return;
        Assert.That(emissions[0].Peer!.Flow, Is.EqualTo(Stage.Flow), "from the address that it came in on");
        arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode("ACK 1")));
        Assert.That(((SessionEnded)emissions[^1].SessionNote).Outcome, Is.EqualTo(Outcome.Complete));
    }
}
