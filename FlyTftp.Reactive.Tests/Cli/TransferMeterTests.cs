using FlyTftp.Reactive.Cli;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class TransferMeterTests
{
    [TestCase(7, ExpectedResult = "0:07")]
    [TestCase(725, ExpectedResult = "12:05")]
    [TestCase(3723, ExpectedResult = "1:02:03")]
    public string Shows_time_as_a_clock_does(int seconds) => TransferMeter.Clock(TimeSpan.FromSeconds(seconds));

    [Test]
    public void Follows_a_change_of_rate_within_seconds()
    {
        var meter = new TransferMeter(TimeSpan.Zero);
        for (var second = 1; second <= 60; second++) meter.Read(TimeSpan.FromSeconds(second), second * 1000, null);
        Assert.That(meter.Rate, Is.EqualTo(1000).Within(0.001));
        for (var second = 1; second <= 15; second++) meter.Read(TimeSpan.FromSeconds(60 + second), 60_000 + second * 100, null);
        Assert.That(meter.Rate, Is.EqualTo(100).Within(10));
    }

    [Test]
    public void Knows_no_percentage_and_no_end_without_a_total()
    {
        var meter = new TransferMeter(TimeSpan.Zero);
        meter.Read(TimeSpan.FromSeconds(1), 1000, null);
        Assert.That((meter.Percent, meter.Left), Is.EqualTo(((int?)null, (TimeSpan?)null)));
    }

    [Test]
    public void Never_passes_a_hundred_percent_and_takes_an_empty_file_for_done()
    {
        var meter = new TransferMeter(TimeSpan.Zero);
        meter.Read(TimeSpan.FromSeconds(1), 2000, 1000);
        Assert.That((meter.Percent, meter.Left), Is.EqualTo(((int?)100, (TimeSpan?)TimeSpan.Zero)));
        meter.Read(TimeSpan.FromSeconds(2), 0, 0);
        Assert.That(meter.Percent, Is.EqualTo(100));
    }
}
