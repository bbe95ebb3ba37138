using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class SessionCountTests
{
    [Test]
    public void Counts_a_session_from_its_request_to_its_end_though_it_waits_for_a_disk()
    {
        var (stage, count) = (new Stage(), new SessionCount());
        var (arrivals, store) = (new Subject<Datagram>(), new TestStore { IsSlow = true }.Add("file", 100));
        using var subscription = arrivals.Serve(store, new SessionLimits(), Observable.Never<Unit>(), count, stage.Scheduler).Subscribe();
        stage
            .At(1, () => arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode("RRQ file octet"))))
            .At(1.1, () => Assert.That(count.Value, Is.EqualTo(1), "the disk is asked, and no timer runs"))
            .At(2, () => arrivals.OnNext(new Datagram(Stage.Flow with { Listener = 1 }, PacketScript.Encode("RRQ file octet"))))
            .At(2.1, () => Assert.That(count.Value, Is.EqualTo(2)))
            .At(3, () => store.Answer())
            .At(3.1, () => store.Answer())
            .At(3.2, () => arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode("ACK 1"))))
            .At(3.3, () => Assert.That(count.Value, Is.EqualTo(1)));
        stage.Run();
        Assert.That(count.Value, Is.Zero);
    }

    [Test]
    public void Nothing_is_counted_when_the_pipeline_is_gone()
    {
        var (stage, count, arrivals) = (new Stage(), new SessionCount(), new Subject<Datagram>());
        var store = new TestStore().Add("file", 1000);
        var subscription = arrivals.Serve(store, new SessionLimits(), Observable.Never<Unit>(), count, stage.Scheduler).Subscribe();
        arrivals.OnNext(new Datagram(Stage.Flow, PacketScript.Encode("RRQ file octet")));
        Assert.That(count.Value, Is.EqualTo(1));
        subscription.Dispose();
        Assert.That(count.Value, Is.Zero);
    }
}
