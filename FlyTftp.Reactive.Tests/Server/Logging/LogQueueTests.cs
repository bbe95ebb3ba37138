using System.Globalization;
using FlyTftp.Reactive.Server.Logging;
using NLog;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

internal sealed class LogQueueTests
{
    [Test]
    public void Writes_everything_in_order_before_it_closes()
    {
        var written = new List<string>();
        var queue = new LogQueue(entry => written.Add(entry.Message), Loss);
        for (var number = 0; number < 1000; number++) queue.Post(Event(number));
        Assert.That(queue.Close(), Is.True);
        Assert.That(written, Is.EqualTo(Enumerable.Range(0, 1000).Select(static number => $"{number}")));
    }

    [Test]
    public void An_output_that_takes_nothing_costs_the_oldest_events_and_the_loss_is_told_first()
    {
        using var mayGoOn = new ManualResetEventSlim();
        using var isStuck = new ManualResetEventSlim();
        var written = new List<string>();
        var queue = new LogQueue(
            entry =>
            {
                isStuck.Set();
                mayGoOn.Wait();
                written.Add(entry.Message);
            },
            Loss);
        queue.Post(Event(-1));
        isStuck.Wait();
        for (var number = 0; number < LogQueue.Capacity + 3; number++) queue.Post(Event(number));
        Assert.That(queue.Dropped, Is.EqualTo(3));
        mayGoOn.Set();
        Assert.That(queue.Close(), Is.True);
        Assert.That(written.Take(3), Is.EqualTo(new[] { "-1", "3 lost", "3" }));
        Assert.That(written, Has.Count.EqualTo(LogQueue.Capacity + 2));
    }

    [Test]
    public void An_output_that_hangs_does_not_hold_up_the_end()
    {
        using var forever = new ManualResetEventSlim();
        var queue = new LogQueue(_ => forever.Wait(), Loss);
        queue.Post(Event(1));
        Assert.That(queue.Close(), Is.False);
        queue.Post(Event(2));
        forever.Set();
    }

    private static LogEventInfo Event(int number) => new(LogLevel.Info, "", number.ToString(CultureInfo.InvariantCulture));

    private static LogEventInfo Loss(long count) => new(LogLevel.Warn, "", $"{count} lost");
}
