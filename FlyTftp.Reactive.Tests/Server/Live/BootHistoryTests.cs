using System.Net;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Live;

public sealed class BootHistoryTests
{
    [Test]
    public void A_boot_that_changes_keeps_its_id_and_gathers_its_sessions()
    {
        var history = new BootHistory(1 << 20);
        var session = new RecordedServer(new TestStore().Add("ten", 10)).Run("1 RRQ ten octet\n2 ACK 1").Ended;
        history.Update(Boot(1), session);
        history.Update(Boot(1) with { Files = 2 }, session);
        var record = history.Since(0, 10).Boots.Single();
        Assert.That((record.Id, record.Boot.Files, record.Sessions.Count), Is.EqualTo(("b1", 2, 2)));
        Assert.That(history.Find("b1"), Is.SameAs(record));
    }

    [Test]
    public void Good_boots_are_pushed_out_before_those_with_a_finding()
    {
        var history = new BootHistory(10 * Size(Boot(0)));
        history.Update(Wrong(1), null);
        for (var number = 2; number < 50; number++) history.Update(Boot(number), null);
        Assert.That(history.Find("b1")?.State, Is.EqualTo(BootState.Failed));
        Assert.That(history.Bytes, Is.LessThanOrEqualTo(history.BytesMax));
        Assert.That(history.Find("b49"), Is.Not.Null);
        Assert.That(history.Find("b2"), Is.Null);
    }

    [Test]
    public void The_oldest_finding_goes_when_only_findings_are_left()
    {
        var history = new BootHistory(5 * Size(Wrong(0)));
        for (var number = 1; number < 20; number++) history.Update(Wrong(number), null);
        Assert.That(history.Find("b1"), Is.Null);
        Assert.That(history.Find("b19"), Is.Not.Null);
    }

    [Test]
    public void A_flood_of_boots_that_nobody_acknowledged_pushes_no_other_out()
    {
        var history = new BootHistory(1 << 20);
        history.Update(Boot(1), null);
        for (var number = 2; number < 10_000; number++) history.Update(Wrong(number) with { IsProven = false }, null);
        Assert.That(history.Find("b1"), Is.Not.Null);
        Assert.That(history.Count, Is.EqualTo(1 + BootHistory.UnprovenMax));
    }

    [Test]
    public void Tells_what_has_changed_since_newest_first()
    {
        var history = new BootHistory(1 << 20);
        for (var number = 1; number < 4; number++) history.Update(Boot(number), null);
        var (_, version) = history.Since(0, 10);
        history.Update(Boot(2) with { Files = 9 }, null);
        Assert.That(history.Since(version, 10).Boots.Select(static record => record.Id), Is.EqualTo(new[] { "b2" }));
        Assert.That(history.Since(0, 2).Boots.Select(static record => record.Id), Is.EqualTo(new[] { "b2", "b3" }));
    }

    [Test]
    public void Names_the_boot_that_a_client_is_in()
    {
        var history = new BootHistory(1 << 20);
        history.Update(Boot(1), null);
        Assert.That(history.IdOf(Client(1)), Is.Null, "it is over");
        history.Update(Boot(2) with { IsOver = false }, null);
        Assert.That(history.IdOf(Client(2)), Is.EqualTo("b2"));
    }

    [Test]
    public void Keeps_nothing_when_it_may_not()
    {
        var history = new BootHistory(0);
        history.Update(Boot(1), null);
        Assert.That(history.Count, Is.Zero);
    }

    private static Endpoint Client(int number) => Endpoint.From(new IPAddress([10, 0, (byte)(number >> 8), (byte)number]), 0);

    private static Boot Boot(int number) => new(Client(number), RecordedServer.Epoch.AddSeconds(number), RecordedServer.Epoch.AddSeconds(number + 1))
    {
        IsOver = true,
        IsProven = true,
        Files = 1,
    };

    private static Boot Wrong(int number) => Boot(number) with { Files = 0, Findings = [new BootFinding(FindingKind.FileMissing, "it is not there")] };

    private static int Size(Boot boot) => new BootRecord("b1", boot, [], 1).Memory;
}
