using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using FlyTftp.Reactive.Simulation;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Simulation;

internal sealed class VirtualTimeSchedulerTests
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<string> _ran = [];

    [Test]
    public void Runs_by_time_and_equal_times_in_the_order_of_scheduling()
    {
        var scheduler = new VirtualTimeScheduler(Epoch);
        Add(scheduler, 2, "c");
        Add(scheduler, 1, "a");
        Add(scheduler, 1, "b");
        RunAll(scheduler);
        Assert.That(_ran, Is.EqualTo((string[])["1 a", "1 b", "2 c"]));
    }

    [Test]
    public void What_is_already_late_runs_now_and_after_what_is_due_now()
    {
        var scheduler = new VirtualTimeScheduler(Epoch);
        scheduler.Schedule(TimeSpan.FromSeconds(1), () =>
        {
            scheduler.Schedule(Epoch, () => Ran(scheduler, "late"));
            scheduler.Schedule(TimeSpan.FromSeconds(-1), () => Ran(scheduler, "later"));
        });
        Add(scheduler, 1, "due");
        RunAll(scheduler);
        Assert.That(_ran, Is.EqualTo((string[])["1 due", "1 late", "1 later"]));
    }

    [Test]
    public void What_was_called_off_does_not_run_and_does_not_move_the_clock()
    {
        var scheduler = new VirtualTimeScheduler(Epoch);
        scheduler.Schedule(TimeSpan.FromSeconds(5), () => Ran(scheduler, "never")).Dispose();
        Assert.That(scheduler.RunNext(), Is.False);
        Assert.That(scheduler.Now, Is.EqualTo(Epoch));
    }

    [Test]
    public void Disposing_what_has_run_disposes_what_it_returned()
    {
        var scheduler = new VirtualTimeScheduler(Epoch);
        var rest = new BooleanDisposable();
        var item = scheduler.Schedule(rest, static (_, rest) => rest);
        scheduler.RunNext();
        Assert.That(rest.IsDisposed, Is.False);
        item.Dispose();
        Assert.That(rest.IsDisposed, Is.True);
    }

    [Test]
    public void Counts_the_timers_that_run()
    {
        var scheduler = new VirtualTimeScheduler(Epoch);
        var timers = new CountingScheduler(scheduler);
        var off = timers.Schedule(TimeSpan.FromSeconds(1), () => { });
        timers.Schedule(TimeSpan.FromSeconds(2), () => Assert.That(timers.Running, Is.Zero));
        timers.Schedule(Epoch, () => { }).Dispose();
        Assert.That(timers.Running, Is.EqualTo(2));
        off.Dispose();
        off.Dispose();
        Assert.That(timers.Running, Is.EqualTo(1));
        RunAll(scheduler);
        Assert.That(timers.Running, Is.Zero);
    }

    private void Add(VirtualTimeScheduler scheduler, int seconds, string name) =>
        scheduler.Schedule(TimeSpan.FromSeconds(seconds), () => Ran(scheduler, name));

    private void Ran(VirtualTimeScheduler scheduler, string name) => _ran.Add($"{(scheduler.Now - Epoch).TotalSeconds} {name}");

    private static void RunAll(VirtualTimeScheduler scheduler)
    {
        while (scheduler.RunNext())
        {
        }
    }

    [SetUp]
    public void Forget() => _ran.Clear();
}
