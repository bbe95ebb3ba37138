using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Live;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BootJournalTests
{
    private readonly ManualTime _time = new();
    private readonly List<(Boot Boot, SessionEnded? Session)> _told = [];
    private readonly SessionEnded _session = new RecordedServer(new TestStore().Add("ten", 10)).Run("1 RRQ ten octet\n2 ACK 1").Ended;

    [Test]
    public void A_transfer_tells_its_boot_with_itself()
    {
        using var journal = Journal();
        journal.Record(Now());
        Assert.That(_told, Has.Count.EqualTo(1));
        Assert.That((_told[0].Boot.IsOver, _told[0].Boot.Files, _told[0].Session?.Request.FileName), Is.EqualTo((false, 1, "ten")));
    }

    [Test]
    public void A_boot_is_over_a_minute_after_its_last_transfer()
    {
        using var journal = Journal();
        journal.Record(Now());
        _time.Advance(TimeSpan.FromSeconds(59));
        journal.Tick();
        Assert.That(_told.Exists(static told => told.Boot.IsOver), Is.False);
        _time.Advance(TimeSpan.FromSeconds(2));
        journal.Tick();
        Assert.That((_told[^1].Boot.IsOver, _told[^1].Session), Is.EqualTo((true, default(SessionEnded))));
    }

    [Test]
    public void A_boot_runs_while_a_transfer_does_and_waits_when_it_has_ended()
    {
        using var journal = Journal();
        journal.Record(new SessionBegan(_session.Flow));
        _time.Advance(TimeSpan.FromMinutes(5));
        journal.Tick();
        journal.Record(_session with { Started = _time.GetUtcNow() - TimeSpan.FromMinutes(5), Duration = TimeSpan.FromMinutes(5) });
        _time.Advance(TimeSpan.FromSeconds(61));
        journal.Tick();
        Assert.That(_told.Select(static told => told.Boot.State), Is.EqualTo(new[] { BootState.Running, BootState.Waiting, BootState.Ok }));
    }

    [Test]
    public void The_stop_of_the_server_ends_the_boots_that_run()
    {
        Journal().Dispose();
        Assert.That(_told, Is.Empty);
        var journal = Journal();
        journal.Record(Now());
        journal.Dispose();
        Assert.That(_told[^1].Boot.IsOver);
    }

    [Test]
    public void Datagrams_that_belong_to_no_session_are_no_boot()
    {
        using var journal = Journal();
        journal.Record(new Ignored(RecordedServer.FlowOf(1), IgnoreReason.Stray));
        Assert.That(_told, Is.Empty);
    }

    [TestCase("nothing.efi", "\"nothing.efi\" is not there, \"Nothing.efi\" is: correct the name; folders and upper and lower case count")]
    [TestCase("pxelinux.cfg/C0A8", null, Description = "names that are tried on the chance are not looked up")]
    public void A_name_that_is_not_there_is_told_with_the_nearest_that_is(string name, string? finding)
    {
        var asked = new List<string>();
        using var journal = new BootJournal(new BootLimits(), _time, (boot, session) => _told.Add((boot, session)), name =>
        {
            asked.Add(name);
            return "Nothing.efi";
        });
        journal.Record(new RecordedServer(new TestStore()).Run($"1 RRQ {name} octet").Ended with { Started = _time.GetUtcNow() });
        Assert.That(_told.Single().Boot.Findings.Select(static found => found.Text), Is.EqualTo(finding is null ? Array.Empty<string>() : [finding]));
        Assert.That(asked, Is.EqualTo(finding is null ? Array.Empty<string>() : [name]));
    }

    private BootJournal Journal() => new(new BootLimits(), _time, (boot, session) => _told.Add((boot, session)));

    private SessionEnded Now() => _session with { Started = _time.GetUtcNow(), Duration = TimeSpan.Zero };
}
