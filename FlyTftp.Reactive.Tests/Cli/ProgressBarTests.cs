using FlyTftp.Reactive.Cli;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProgressBarTests
{
    private readonly StringWriter _screen = new() { NewLine = "\n" };
    private TimeSpan _now;

    [Test]
    public void Draws_percent_size_rate_and_time_left_within_the_width()
    {
        var bar = Bar(width: 80);
        At(0.1);
        bar.Report(0, 100_000_000);
        _screen.GetStringBuilder().Clear();
        At(2);
        bar.Report(40_000_000, 100_000_000);
        Assert.That(_screen.ToString(), Is.EqualTo("\r\x1b[Kboot.wim [=========              ] 40%  40.0 MB of 100 MB  20.0 MB/s  0:03 left"));
        Assert.That(_screen.ToString().Length - "\r\x1b[K".Length, Is.EqualTo(79), "one column stays free");
    }

    [TestCase(40, "boot.wim 40%  40.0 MB of 100 MB  20.0 M")]
    [TestCase(1, "")]
    public void Leaves_the_bar_out_where_there_is_no_room(int width, string line)
    {
        var bar = Bar(width);
        At(2);
        bar.Report(40_000_000, 100_000_000);
        Assert.That(_screen.ToString(), Is.EqualTo("\r\x1b[K" + line));
    }

    [Test]
    public void Shows_what_it_knows_when_the_size_is_unknown()
    {
        var bar = Bar(width: 80);
        At(1);
        bar.Report(1500, null);
        Assert.That(_screen.ToString(), Is.EqualTo("\r\x1b[Kboot.wim 1.5 kB  1.5 kB/s"));
    }

    [Test]
    public void Draws_at_most_ten_times_a_second()
    {
        var bar = Bar(width: 80);
        for (var millisecond = 1; millisecond <= 1000; millisecond++)
        {
            _now = TimeSpan.FromMilliseconds(millisecond);
            bar.Report(millisecond, 1000);
        }

        Assert.That(_screen.ToString().Count(static character => character == '\r'), Is.EqualTo(10));
    }

    [Test]
    public void Colours_the_bar_only_where_colour_is_wanted()
    {
        var bar = new ProgressBar(_screen, "x", new ProgressStyle(true, static () => 80, HasColor: true), () => _now);
        At(1);
        bar.Report(1, 2);
        Assert.That(_screen.ToString(), Does.Contain("[\x1b[36m====").And.Contain("=\x1b[0m "));
    }

    [Test]
    public void Takes_itself_away_once()
    {
        var bar = Bar(width: 80);
        bar.Clear();
        Assert.That(_screen.ToString(), Is.Empty);
        At(1);
        bar.Report(1, 2);
        bar.Clear();
        bar.Clear();
        Assert.That(_screen.ToString(), Does.EndWith("left\r\x1b[K").And.Not.EndWith("\r\x1b[K\r\x1b[K"));
    }

    [Test]
    public void Writes_a_plain_line_every_ten_seconds_into_a_pipe()
    {
        var bar = new ProgressBar(_screen, "boot.wim", new ProgressStyle(false, static () => 80, HasColor: true), () => _now);
        for (var second = 1; second <= 25; second++)
        {
            At(second);
            bar.Report(second * 1_000_000, 50_000_000);
        }

        bar.Clear();
        Assert.That(_screen.ToString(), Is.EqualTo(
            "boot.wim: 20%  10.0 MB of 50.0 MB  1.0 MB/s  0:40 left\nboot.wim: 40%  20.0 MB of 50.0 MB  1.0 MB/s  0:30 left\n"));
    }

    private ProgressBar Bar(int width) => new(_screen, "boot.wim", new ProgressStyle(true, () => width, HasColor: false), () => _now);

    private void At(double seconds) => _now = TimeSpan.FromSeconds(seconds);
}
