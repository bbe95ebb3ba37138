using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Sessions;
using NLog;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

public sealed class NotePumpTests
{
    private static readonly Ignored Stray = new(LogProbe.Flow, IgnoreReason.Stray);

    [Test]
    public async Task Every_sink_is_told_every_note_in_order()
    {
        using var probe = new LogProbe(LogLevel.Info);
        var (first, second) = (new List<SessionNote>(), new List<SessionNote>());
        SessionNote[] notes = [LogProbe.Ended, Stray, LogProbe.Ended with { Bytes = 1 }];
        await using (var pump = new NotePump(probe.Log, new Clock { Now = LogProbe.Ended.Started + LogProbe.Ended.Duration }, (note, _) => first.Add(note), (note, _) => second.Add(note)))
            foreach (var note in notes) pump.Post(note);

        Assert.That(first, Is.EqualTo(notes));
        Assert.That(second, Is.EqualTo(notes));
        Assert.That(probe.Events, Is.Empty);
    }

    [Test]
    public async Task A_slow_sink_loses_the_oldest_and_the_loss_is_told()
    {
        using var probe = new LogProbe(LogLevel.Info);
        using var stuck = new StuckSink();
        await using (var pump = new NotePump(probe.Log, TimeProvider.System, stuck.Record))
        {
            pump.Post(LogProbe.Ended with { Bytes = -1 });
            stuck.WaitUntilStuck();
            for (var number = 0; number < NotePump.Capacity + 10; number++) pump.Post(LogProbe.Ended with { Bytes = number });
            Assert.That(pump.Dropped, Is.EqualTo(10));
            stuck.Release();
        }

        Assert.That(stuck.Notes.Cast<SessionEnded>().Select(note => note.Bytes),
            Is.EqualTo(Enumerable.Range(10, NotePump.Capacity).Prepend(-1).Select(number => (long)number)));
        Assert.That(probe.Only.FormattedMessage, Is.EqualTo("10 log events dropped: the log is too slow"));
    }

    [Test]
    public async Task A_note_has_the_wall_clock_of_its_moment_though_the_loop_keeps_another_and_the_log_is_late()
    {
        using var probe = new LogProbe(LogLevel.Info);
        using var stuck = new StuckSink();
        // An NTP step: what the loop took for the time at its start was wrong by years.
        var clock = new Clock { Now = LogProbe.Ended.Started.AddYears(3) };
        await using (var pump = new NotePump(probe.Log, clock, stuck.Record, probe.Log.Record))
        {
            pump.Post(LogProbe.Ended);
            stuck.WaitUntilStuck();
            clock.Now += TimeSpan.FromHours(1);
            stuck.Release();
        }

        Assert.That(probe.Only.TimeStamp, Is.EqualTo(LogProbe.Ended.Started.AddYears(3).UtcDateTime));
        Assert.That(((SessionEnded)stuck.Notes.Single()).Started, Is.EqualTo(LogProbe.Ended.Started.AddYears(3) - LogProbe.Ended.Duration));
    }

    [Test]
    public async Task A_flood_of_strays_pushes_no_record_out()
    {
        using var probe = new LogProbe(LogLevel.Info);
        using var stuck = new StuckSink();
        await using (var pump = new NotePump(probe.Log, TimeProvider.System, stuck.Record))
        {
            pump.Post(Stray);
            stuck.WaitUntilStuck();
            pump.Post(LogProbe.Ended);
            for (var number = 0; number < 2 * NotePump.Capacity; number++) pump.Post(Stray);
            stuck.Release();
        }

        Assert.That(stuck.Notes.OfType<SessionEnded>().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_flood_of_forged_requests_pushes_no_record_of_a_served_client_out()
    {
        using var probe = new LogProbe(LogLevel.Info);
        using var stuck = new StuckSink();
        await using (var pump = new NotePump(probe.Log, TimeProvider.System, stuck.Record))
        {
            pump.Post(Stray);
            stuck.WaitUntilStuck();
            for (var number = 0; number < 2 * NotePump.Capacity; number++)
            {
                pump.Post(LogProbe.Ended with { Outcome = Outcome.GaveUp, Bytes = 0, Blocks = 0 });
                if (number % 8 == 0) pump.Post(LogProbe.Ended);
            }

            stuck.Release();
        }

        Assert.That(stuck.Notes.Count(LogFold.IsServed), Is.EqualTo(2 * NotePump.Capacity / 8));
    }

    [Test]
    public async Task A_sink_that_throws_costs_the_others_nothing()
    {
        using var probe = new LogProbe(LogLevel.Info);
        var told = new List<SessionNote>();
        await using (var pump = new NotePump(probe.Log, TimeProvider.System, (_, _) => throw new InvalidOperationException("bug"), (note, _) => told.Add(note)))
        {
            pump.Post(LogProbe.Ended);
            pump.Post(Stray);
        }

        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(probe.Events.Select(entry => entry.Exception?.Message), Is.EqualTo((string[])["bug", "bug"]));
    }

    [Test]
    public async Task A_note_after_the_end_is_passed_over()
    {
        using var probe = new LogProbe(LogLevel.Info);
        var told = new List<SessionNote>();
        var pump = new NotePump(probe.Log, TimeProvider.System, (note, _) => told.Add(note));
        await pump.DisposeAsync();
        pump.Post(LogProbe.Ended);
        Assert.That(told, Is.Empty);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class StuckSink : IDisposable
    {
        private readonly ManualResetEventSlim _isStuck = new(), _mayGoOn = new();

        public List<SessionNote> Notes { get; } = [];

        public void Record(SessionNote note, DateTimeOffset at)
        {
            _isStuck.Set();
            _mayGoOn.Wait();
            Notes.Add(note);
        }

        public void WaitUntilStuck() => _isStuck.Wait();

        public void Release() => _mayGoOn.Set();

        public void Dispose()
        {
            _mayGoOn.Set();
            _isStuck.Dispose();
        }
    }
}
