using System.Diagnostics;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Metrics;

public class ServerMetricsTests
{
    private static readonly Flow Flow = new(Endpoint.IPv4(0xC0000201, 2000), Endpoint.IPv4(0xC0000202, 69));

    private ServerMetrics _metrics = null!;

    [SetUp]
    public void Build() => _metrics = new ServerMetrics(new MetricSources
    {
        ActiveSessions = () => 7,
        UnsentDatagrams = () => 5,
        UnreadDatagrams = () => 6,
        DroppedNotes = () => 3,
        CacheHits = () => 10,
        CacheMisses = () => 4,
        CacheBytes = () => 4096,
        HistoryBoots = () => 12,
        HistoryBytes = () => 81234,
        Viewers = () => 2,
        LoopLag = () => TimeSpan.FromMilliseconds(1.5),
    });

    [TearDown]
    public void Dispose() => _metrics.Dispose();

    [Test]
    public void Is_full_once_a_request_was_passed_over_for_want_of_a_place()
    {
        using var metrics = new ServerMetrics(new MetricSources());
        metrics.Record(new Ignored(default, IgnoreReason.Stray));
        Assert.That(metrics.IsFull, Is.False);
        metrics.Record(new Ignored(default, IgnoreReason.TooManySessions));
        Assert.That(metrics.IsFull);
    }

    [Test]
    public void Counts_a_sessions_end()
    {
        _metrics.Record(Ended(Outcome.Complete, bytes: 1_000_000, blocks: 700, retransmissions: 2, seconds: 0.2));
        _metrics.Record(Ended(Outcome.GaveUp, bytes: 512, blocks: 1, retransmissions: 6, seconds: 31));

        Assert.That(Lines(), Is.SupersetOf(new[]
        {
            "flytftp_sessions_total{outcome=\"complete\"} 1",
            "flytftp_sessions_total{outcome=\"gave-up\"} 1",
            "flytftp_sessions_total{outcome=\"faulted\"} 0",
            "flytftp_acknowledged_bytes_total 1000512",
            "flytftp_acknowledged_blocks_total 701",
            "flytftp_retransmissions_total 8",
            "flytftp_session_duration_seconds_bucket{le=\"0.1\"} 0",
            "flytftp_session_duration_seconds_bucket{le=\"0.25\"} 1",
            "flytftp_session_duration_seconds_bucket{le=\"60\"} 2",
            "flytftp_session_duration_seconds_bucket{le=\"+Inf\"} 2",
            "flytftp_session_duration_seconds_sum 31.2",
            "flytftp_session_duration_seconds_count 2",
        }));
    }

    [Test]
    public void Counts_boots_and_what_was_wrong_with_them()
    {
        var boot = new Boot(Flow.Remote with { Port = 0 }, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) { IsOver = true, IsProven = true };
        var missing = boot with { Findings = [new BootFinding(FindingKind.FileMissing, "x")] };
        foreach (var over in (Boot[])[boot, missing, missing with { Files = 1 }, missing with { IsProven = false }]) _metrics.Record(over);

        Assert.That(Lines(), Is.SupersetOf(new[]
        {
            "flytftp_boots_total{state=\"ok\"} 1",
            "flytftp_boots_total{state=\"failed\"} 1",
            "flytftp_boots_total{state=\"warning\"} 1",
            "flytftp_boots_total{state=\"unproven\"} 1",
            "flytftp_findings_total{kind=\"file-missing\"} 2",
            "flytftp_findings_total{kind=\"large-blocks-lost\"} 0",
            "flytftp_history_boots 12",
            "flytftp_history_bytes 81234",
            "flytftp_viewers 2",
        }));
    }

    [Test]
    public void A_value_on_a_buckets_bound_is_in_it()
    {
        _metrics.Record(Ended(Outcome.Complete, roundTrip: TimeSpan.FromMilliseconds(5)));

        Assert.That(Lines(), Is.SupersetOf(new[]
        {
            "flytftp_round_trip_seconds_bucket{le=\"0.0025\"} 0",
            "flytftp_round_trip_seconds_bucket{le=\"0.005\"} 1",
        }));
    }

    [Test]
    public void Leaves_out_what_was_not_measured()
    {
        _metrics.Record(Ended(Outcome.Refused, RefusalReason.NotFound, blocks: 0));

        Assert.That(Lines(), Is.SupersetOf(new[]
        {
            "flytftp_refusals_total{reason=\"not-found\"} 1",
            "flytftp_refusals_total{reason=\"unsafe-path\"} 0",
            "flytftp_round_trip_seconds_count 0",
            "flytftp_session_duration_seconds_count 0",
        }));
    }

    [Test]
    public void Counts_what_was_passed_over_and_what_was_held_back()
    {
        _metrics.Record(new Ignored(Flow, IgnoreReason.Stray));
        _metrics.Record(new Ignored(Flow, IgnoreReason.Stray));
        _metrics.Record(new Ignored(Flow, IgnoreReason.Malformed, "too short"));
        _metrics.Record(new Withheld(Flow, 5000));

        Assert.That(Lines(), Is.SupersetOf(new[]
        {
            "flytftp_ignored_datagrams_total{reason=\"stray\"} 2",
            "flytftp_ignored_datagrams_total{reason=\"malformed\"} 1",
            "flytftp_ignored_datagrams_total{reason=\"port-zero\"} 0",
            "flytftp_withheld_emissions_total 1",
            "flytftp_withheld_bytes_total 5000",
        }));
    }

    [Test]
    public void Asks_its_sources() => Assert.That(Lines(), Is.SupersetOf(new[]
    {
        "flytftp_sessions_active 7",
        "flytftp_dropped_datagrams_total{direction=\"out\"} 5",
        "flytftp_dropped_datagrams_total{direction=\"in\"} 6",
        "flytftp_dropped_notes_total 3",
        "flytftp_cache_hits_total 10",
        "flytftp_cache_misses_total 4",
        "flytftp_cache_bytes 4096",
        "flytftp_loop_lag_seconds 0.0015",
    }));

    [Test]
    public void Asking_twice_does_not_count_twice()
    {
        _metrics.WriteText();

        Assert.That(Lines(), Does.Contain("flytftp_cache_hits_total 10"));
    }

    [Test]
    public void Every_reason_and_outcome_has_a_spelling_of_its_own()
    {
        Assert.That(Lines().Count(line => line.StartsWith("flytftp_sessions_total{", StringComparison.Ordinal)), Is.EqualTo(Enum.GetValues<Outcome>().Length));
        Assert.That(Lines().Count(line => line.StartsWith("flytftp_refusals_total{", StringComparison.Ordinal)), Is.EqualTo(Enum.GetValues<RefusalReason>().Length));
        Assert.That(Lines().Count(line => line.StartsWith("flytftp_ignored_datagrams_total{", StringComparison.Ordinal)), Is.EqualTo(Enum.GetValues<IgnoreReason>().Length));
    }

    [Test]
    public void No_file_name_and_no_address_gets_out()
    {
        _metrics.Record(Ended(Outcome.Refused, RefusalReason.Extension));

        Assert.That(_metrics.WriteText(), Does.Not.Contain("secret.key").And.Not.Contain("192.0.2."));
    }

    [Test]
    public async Task Promtool_finds_nothing_to_say()
    {
        var promtool = ClientTool.Require("promtool", "apt-get install prometheus");
        _metrics.Record(Ended(Outcome.Complete, roundTrip: TimeSpan.FromMilliseconds(5)));

        using var check = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await check.StandardInput.WriteAsync(_metrics.WriteText());
        check.StandardInput.Close();
        var findings = await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();

        Assert.That((check.ExitCode, findings), Is.EqualTo((0, "")));
    }

    private string[] Lines() => _metrics.WriteText().Split('\n');

    private static SessionEnded Ended(
        Outcome outcome, RefusalReason? refusal = null, long bytes = 0, long blocks = 1, long retransmissions = 0, double seconds = 1, TimeSpan? roundTrip = null) =>
        new(Flow, new Request("secret.key", "octet", OptionSet.Empty), OptionSet.Empty, outcome, null, refusal,
            null, bytes, blocks, retransmissions, roundTrip, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(seconds));
}
