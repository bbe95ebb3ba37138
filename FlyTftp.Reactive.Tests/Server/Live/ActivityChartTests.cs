using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Live;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ActivityChartTests
{
    private readonly ManualTime _time = new();
    private readonly SessionEnded _session = new RecordedServer(new TestStore().Add("ten", 10)).Run("1 RRQ ten octet\n2 ACK 1").Ended;

    [Test]
    public void Counts_outcomes_and_bytes_where_they_happened()
    {
        _time.Advance(TimeSpan.FromHours(1));
        var chart = new ActivityChart(_time);
        chart.RecordBytes(100);
        chart.Record(_session);
        _time.Advance(TimeSpan.FromSeconds(25));
        chart.RecordBytes(350);
        chart.Record(_session with { Outcome = Outcome.GaveUp });
        chart.Record(_session with { Outcome = Outcome.Refused });
        chart.Record(new Withheld(_session.Flow, 70));
        var seen = chart.Look();
        Assert.That(seen, Has.Count.EqualTo(ActivityChart.Buckets));
        Assert.That((seen[^3].Bytes, seen[^3].Complete, seen[^2].Bytes, seen[^1].Bytes, seen[^1].Failed, seen[^1].Refused, seen[^1].Withheld), Is.EqualTo((100L, 1, 0L, 250L, 1, 1, 70L)));
        Assert.That(seen.Zip(seen.Skip(1), static (one, next) => next.At - one.At), Is.All.EqualTo(ActivityChart.Width));
    }

    [Test]
    public void Forgets_what_is_older_than_ten_minutes()
    {
        _time.Advance(TimeSpan.FromHours(1));
        var chart = new ActivityChart(_time);
        chart.Record(_session);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(chart.Look().Sum(static bucket => bucket.Complete), Is.Zero);
    }
}
