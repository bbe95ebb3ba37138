using System.Net;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Boots;

public class BootOperatorsTests
{
    private Stage _stage = new();
    private Subject<BootEvent> _events = new();
    private DateTimeOffset _start;

    [SetUp]
    public void Begin()
    {
        (_stage, _events) = (new Stage(), new Subject<BootEvent>());
        _start = _stage.Scheduler.Now;
    }

    [Test]
    public void A_boot_ends_after_a_minute_without_a_transfer_of_its_client()
    {
        _stage.At(1, () => Transfer("192.0.2.1", 0.5, 1)).At(2, () => Transfer("192.0.2.2", 2, 2)).At(50, () => Transfer("192.0.2.1", 49, 50));
        Watch(new BootLimits());
        Assert.That(_stage.Run(), Is.EqualTo("""
            1.000 192.0.2.1 1
            2.000 192.0.2.2 1
            50.000 192.0.2.1 2
            62.000 192.0.2.2 1 over
            110.000 192.0.2.1 2 over
            """));
    }

    [Test]
    public void A_boot_is_not_over_while_a_transfer_of_it_runs()
    {
        _stage.At(1, () => Begins("192.0.2.1", 1)).At(2, () => Transfer("192.0.2.1", 2, 2, port: 2001)).At(3, () => Transfer("192.0.2.2", 3, 3))
            .At(200, () => Begins("192.0.2.1", 200, port: 2002)).At(201, () => Transfer("192.0.2.1", 200, 201, port: 2002)).At(300, () => Transfer("192.0.2.1", 1, 300));
        Watch(new BootLimits());
        Assert.That(_stage.Run(), Is.EqualTo("""
            1.000 192.0.2.1 0 Running
            2.000 192.0.2.1 1 Running
            3.000 192.0.2.2 1
            63.000 192.0.2.2 1 over
            201.000 192.0.2.1 2 Running
            300.000 192.0.2.1 3
            360.000 192.0.2.1 3 over
            """));
    }

    [Test]
    public void A_transfer_whose_end_is_not_told_is_given_up_some_day()
    {
        _stage.At(1, () => Begins("192.0.2.1", 1));
        Watch(new BootLimits { MaxTransfer = TimeSpan.FromSeconds(1000) });
        Assert.That(_stage.Run(), Is.EqualTo("1.000 192.0.2.1 0 Running\n1001.000 192.0.2.1 0 over"));
    }

    [Test]
    public void Transfers_that_strangers_have_begun_push_out_no_client()
    {
        _stage.At(1, () => Transfer("192.0.2.1", 0, 1)).At(2, () => Begins("192.0.2.2", 2)).At(3, () => Begins("192.0.2.3", 3));
        Watch(new BootLimits { MaxRunning = 2, MaxTransfer = TimeSpan.FromSeconds(10) });
        Assert.That(_stage.Run(), Is.EqualTo("""
            1.000 192.0.2.1 1
            2.000 192.0.2.2 0 Running
            3.000 192.0.2.2 0 over
            3.000 192.0.2.3 0 Running
            13.000 192.0.2.3 0 over
            61.000 192.0.2.1 1 over
            """));
    }

    [Test]
    public void Times_of_events_that_come_late_count_and_not_when_they_come()
    {
        _stage.At(300, () => Transfer("192.0.2.1", 0, 1)).At(300, () => Transfer("192.0.2.1", 60.5, 61)).At(300, () => Transfer("192.0.2.1", 200, 201));
        Watch(new BootLimits());
        Assert.That(_stage.Run(), Is.EqualTo("""
            300.000 192.0.2.1 1
            300.000 192.0.2.1 2
            300.000 192.0.2.1 2 over
            300.000 192.0.2.1 1
            300.000 192.0.2.1 1 over
            """));
    }

    [Test]
    public void A_flood_of_strangers_pushes_out_strangers()
    {
        _stage.At(1, () => Transfer("192.0.2.1", 0, 1)).At(2, () => Stranger("192.0.2.2", 2)).At(3, () => Stranger("192.0.2.3", 3)).At(4, () => Stranger("192.0.2.4", 4));
        Watch(new BootLimits { MaxRunning = 2 });
        Assert.That(_stage.Run(), Is.EqualTo("""
            1.000 192.0.2.1 1
            2.000 192.0.2.2 1
            3.000 192.0.2.2 1 over
            3.000 192.0.2.3 1
            4.000 192.0.2.3 1 over
            4.000 192.0.2.4 1
            61.000 192.0.2.1 1 over
            64.000 192.0.2.4 1 over
            """));
    }

    [Test]
    public void The_end_of_the_events_ends_all_boots()
    {
        _stage.At(1, () => Transfer("192.0.2.1", 0, 1)).At(2, _events.OnCompleted);
        Watch(new BootLimits());
        Assert.That(_stage.Run(), Is.EqualTo("1.000 192.0.2.1 1\n2.000 192.0.2.1 1 over\n2.000 |"));
    }

    [Test]
    public void The_pipeline_s_own_notes_are_told()
    {
        var notes = new Subject<SessionNote>();
        Boot? told = null;
        using var subscription = notes.ToBoots(new BootLimits(), _stage.Scheduler).Subscribe(boot => told = boot);
        notes.OnNext(new Ignored(Stage.Flow, IgnoreReason.Stray));
        Assert.That(told, Is.Null);
        notes.OnNext(new SessionEnded(
            Stage.Flow, Stage.Request("RRQ secret.pem octet"), OptionSet.Empty, Outcome.Refused, "not served", RefusalReason.Extension, null, 0, 0, 0, null, _start, TimeSpan.Zero));
        Assert.That(told!.Steps.Single().Text, Is.EqualTo("asked for \"secret.pem\": extension not allowed"));
        Assert.That(told.Findings.Single().Kind, Is.EqualTo(FindingKind.ExtensionNotAllowed));
        Assert.That(told.IsProven, Is.False);
    }

    private void Watch(BootLimits limits) => _ = _stage.Watch(
        _events.ToBoots(limits, _stage.Scheduler), static boot => $"{boot.Client.Address} {boot.Steps.Count}{(boot.IsOver ? " over" : boot.IsBusy ? $" {boot.State}" : "")}");

    private void Begins(string client, double at, ushort port = 2000) => _events.OnNext(new BootTransferBegan(Client(client) with { Port = port }, _start.AddSeconds(at)));

    private void Transfer(string client, double from, double to, ushort port = 2000) => _events.OnNext(new BootTransfer(
        Client(client) with { Port = port }, Stage.Flow.Local, Stage.Request(), TransferEnding.Complete, _start.AddSeconds(from), _start.AddSeconds(to))
    { HasAcknowledged = true });

    private void Stranger(string client, double at) => _events.OnNext(new BootTransfer(
        Client(client), Stage.Flow.Local, Stage.Request(), TransferEnding.GaveUp, _start.AddSeconds(at), _start.AddSeconds(at)));

    private static Endpoint Client(string address) => Endpoint.From(IPAddress.Parse(address), 2000);
}
