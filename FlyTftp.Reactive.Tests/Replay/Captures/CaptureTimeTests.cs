using FlyTftp.Reactive.Replay.Captures;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class CaptureTimeTests
{
    [TestCase(0, 0)]
    [TestCase(99, 0)]
    [TestCase(100, 1)]
    [TestCase(-1, -1)]
    [TestCase(-100, -1)]
    public void Becomes_the_tick_at_or_before(long nanoseconds, long ticks) =>
        Assert.That(new CaptureTime(nanoseconds).ToDateTimeOffset(), Is.EqualTo(DateTimeOffset.UnixEpoch.AddTicks(ticks)));

    [Test]
    public void Keeps_every_tick_of_a_clock()
    {
        var now = new DateTimeOffset(2026, 11, 22, 16, 8, 1, TimeSpan.FromHours(2)).AddTicks(1234567);
        Assert.That(CaptureTime.From(now).ToDateTimeOffset(), Is.EqualTo(now));
    }

    [Test]
    public void Holds_the_nearest_instant_it_can_of_a_clock_out_of_its_range()
    {
        Assert.That(CaptureTime.From(DateTimeOffset.MaxValue).ToDateTimeOffset().Year, Is.EqualTo(2262));
        Assert.That(CaptureTime.From(DateTimeOffset.MinValue).ToDateTimeOffset().Year, Is.EqualTo(1677));
    }
}
