using FlyTftp.Reactive.Ladders;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Ladders;

public class TimeAxisTests
{
    [Test]
    public void Time_that_is_full_is_drawn_as_it_is()
    {
        var axis = Axis(0, 1, 2, 3, 4);
        Assert.That(axis.Share(TimeSpan.FromSeconds(1)), Is.EqualTo(0.25));
        Assert.That(axis.Cuts, Is.Empty);
        Assert.That(axis.Ticks().Select(static tick => tick.TotalSeconds), Is.EqualTo(new[] { 0.0, 1, 2, 3, 4 }));
    }

    [Test]
    public void A_long_silence_is_cut_out()
    {
        var axis = Axis(0, 1, 2, 3, 4, 1_000_000, 1_000_001, 1_000_002);
        Assert.That(axis.Share(TimeSpan.FromSeconds(4)), Is.EqualTo(4 / 6.24).Within(1e-6));
        Assert.That(axis.Share(TimeSpan.FromSeconds(1_000_002)), Is.EqualTo(1));
        Assert.That(axis.Cuts.Single(), Is.EqualTo(4.12 / 6.24).Within(1e-6));
        Assert.That(axis.Ticks().Select(static tick => tick.TotalSeconds), Is.EqualTo(new[] { 0.0, 1_000_000 }));
    }

    [Test]
    public void One_instant_has_no_length()
    {
        Assert.That(Axis(5, 5).HasLength, Is.False);
        Assert.That(Axis(5).HasLength, Is.False);
    }

    private static TimeAxis Axis(params double[] seconds) => new(seconds.Select(static second => TimeSpan.FromSeconds(second)));
}
