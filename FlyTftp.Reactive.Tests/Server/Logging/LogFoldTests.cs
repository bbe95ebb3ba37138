using System.Globalization;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NLog;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

internal sealed class LogFoldTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private LogProbe _probe = null!;
    private ManualTime _time = null!;
    private LogFold _fold = null!;

    [SetUp]
    public void Begin()
    {
        (_probe, _time) = (new LogProbe(LogLevel.Debug), new ManualTime());
        _fold = new LogFold(_probe.Log, _time);
    }

    [TearDown]
    public void End()
    {
        _fold.Dispose();
        _probe.Dispose();
    }

    [Test]
    public void A_list_of_names_is_told_name_by_name()
    {
        for (var number = 0; number < LogFold.LinesOfNetwork; number++) _fold.Record(Refused(7), DateTimeOffset.UnixEpoch);
        _time.Advance(LogFold.Interval);
        Assert.That(_probe.Events, Has.Count.EqualTo(LogFold.LinesOfNetwork));
    }

    [Test]
    public void More_of_a_kind_from_one_network_is_one_line_with_its_count()
    {
        for (var number = 0; number < LogFold.LinesOfNetwork + 1234; number++) _fold.Record(Refused(number % 250), DateTimeOffset.UnixEpoch);
        Assert.That(_probe.Events, Has.Count.EqualTo(LogFold.LinesOfNetwork), "the count is told when the interval is over");
        _time.Advance(LogFold.Interval);
        Assert.That(_probe.Events[^1].FormattedMessage, Is.EqualTo("1234 more like this from 203.0.113.0/24 in 10 s: refused"));
        Assert.That(_probe.Events, Has.Count.EqualTo(LogFold.LinesOfNetwork + 1));
    }

    [Test]
    public void An_interval_later_the_network_has_its_lines_again()
    {
        for (var number = 0; number < 2 * LogFold.LinesOfNetwork; number++) _fold.Record(Refused(1), DateTimeOffset.UnixEpoch);
        _time.Advance(LogFold.Interval);
        var before = _probe.Events.Count;
        _fold.Record(Refused(1), DateTimeOffset.UnixEpoch);
        Assert.That(_probe.Events, Has.Count.EqualTo(before + 1));
    }

    /// <summary>Ten minutes of 6,000 forged requests a second, each from a network of its own, beside one client a second that is served.</summary>
    [Test]
    public void A_flood_from_everywhere_has_a_bounded_number_of_lines_and_costs_no_record_of_a_served_client()
    {
        const int seconds = 600, forgedPerSecond = 6000;
        for (var second = 0; second < seconds; second++)
        {
            for (var number = 0; number < forgedPerSecond; number++) _fold.Record(Forged((uint)(second * forgedPerSecond + number) << 8), DateTimeOffset.UnixEpoch);
            _fold.Record(LogProbe.Ended with { Bytes = 1_000_000 + second }, DateTimeOffset.UnixEpoch);
            _time.Advance(Second);
        }

        _fold.Flush();
        var served = _probe.Events.Where(line => line.Properties.TryGetValue("bytes", out var bytes) && bytes is >= 1_000_000L).ToList();
        Assert.That(served, Has.Count.EqualTo(seconds));
        Assert.That((double)(_probe.Events.Count - served.Count), Is.AtMost(LogFold.LinesAtOnce + seconds * (LogFold.LinesPerSecond + 0.1 * (LogFold.CountsTold + 2))));
        // Nothing is passed over in silence: lines and counts are all there was.
        var counted = _probe.Events.Where(line => Equals(line.Properties["event"], "Folded")).ToList();
        var lines = _probe.Events.Count - served.Count - counted.Count;
        Assert.That(lines + counted.Sum(line => Convert.ToInt64(line.Properties["count"], CultureInfo.InvariantCulture)), Is.EqualTo(seconds * forgedPerSecond));
    }

    [Test]
    public void Networks_are_told_apart_and_so_are_kinds()
    {
        for (var number = 0; number < LogFold.LinesOfNetwork + 1; number++)
        {
            _fold.Record(Refused(1), DateTimeOffset.UnixEpoch);
            _fold.Record(new Ignored(From(0xCB00_7101), IgnoreReason.Stray), DateTimeOffset.UnixEpoch);
            _fold.Record(new Ignored(From(0xC633_6401), IgnoreReason.Stray), DateTimeOffset.UnixEpoch);
        }

        _fold.Flush();
        Assert.That(_probe.Events.Skip(3 * LogFold.LinesOfNetwork).Select(line => line.FormattedMessage), Is.EquivalentTo(new[]
        {
            "1 more like this from 203.0.113.0/24 in 10 s: refused", "1 more like this from 203.0.113.0/24 in 10 s: Stray",
            "1 more like this from 198.51.100.0/24 in 10 s: Stray",
        }));
    }

    [Test]
    public void What_the_log_does_not_want_is_not_counted_either()
    {
        using var probe = new LogProbe(LogLevel.Info);
        using var fold = new LogFold(probe.Log, _time);
        for (var number = 0; number < 1000; number++) fold.Record(new Ignored(LogProbe.Flow, IgnoreReason.Stray), DateTimeOffset.UnixEpoch);
        fold.Flush();
        Assert.That(probe.Events, Is.Empty);
    }

    [Test]
    public void That_a_limit_was_met_is_a_warning_whatever_the_level()
    {
        using var probe = new LogProbe(LogLevel.Info);
        using var fold = new LogFold(probe.Log, _time);
        for (var number = 0; number < 1000; number++) fold.Record(new Ignored(LogProbe.Flow, IgnoreReason.TooManySessions), DateTimeOffset.UnixEpoch);
        Assert.That(probe.Only.FormattedMessage, Does.StartWith("too many sessions"));
    }

    private static SessionEnded Refused(int host) => Unserved(From(0xCB00_7100 | (uint)host)) with
    {
        Outcome = Outcome.Refused,
        Detail = "file not found",
        Refusal = RefusalReason.NotFound,
    };

    private static SessionEnded Forged(uint address) => Unserved(From(address)) with { Outcome = Outcome.GaveUp, Detail = "no answer" };

    private static SessionEnded Unserved(Flow flow) => LogProbe.Ended with { Flow = flow, Bytes = 0, Blocks = 0 };

    private static Flow From(uint address) => LogProbe.Flow with { Remote = Endpoint.IPv4(address, 2070) };
}
