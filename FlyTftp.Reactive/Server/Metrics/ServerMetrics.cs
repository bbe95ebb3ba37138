using System.Diagnostics.Metrics;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>
/// The server's instruments. Names and units are OpenTelemetry's way (units in UCUM); <see cref="PrometheusText"/> spells them
/// Prometheus's way. Labels come from closed sets only: never a file name, never an address. Series of a closed set exist from the
/// start, at 0, so that a rate sees the first event.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>Seconds: from a loopback to a satellite, in steps of about 2.5.</summary>
    private static readonly double[] RoundTripBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    /// <summary>Seconds: from a boot script to an image of 300 MB over a slow line.</summary>
    private static readonly double[] DurationBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(5);

    private long _fullAt = -1_000_000;

    private readonly Meter _meter = new("flytftp");
    private readonly PrometheusText _text;
    private readonly Counter<long> _bytes, _blocks, _retransmissions, _withheld, _withheldBytes;
    private readonly Histogram<double> _roundTrip, _duration;
    private readonly LabelledCounter<Outcome> _sessions;
    private readonly LabelledCounter<RefusalReason> _refusals;
    private readonly LabelledCounter<IgnoreReason> _ignored;
    private readonly LabelledCounter<BootEnding> _boots;
    private readonly LabelledCounter<FindingKind> _findings;

    public ServerMetrics(MetricSources sources)
    {
        // First: it listens to instruments as they are made.
        _text = new PrometheusText(_meter);
        _sessions = new(_meter, "flytftp.sessions", "Sessions that have ended, by outcome.", "outcome", OutcomeNames.Name);
        _refusals = new(_meter, "flytftp.refusals", "Requests answered with an ERROR, by reason.", "reason", MetricLabels.Name);
        _ignored = new(_meter, "flytftp.ignored.datagrams", "Datagrams passed over in silence, by reason.", "reason", MetricLabels.Name);
        _boots = new(_meter, "flytftp.boots", "Boots that have ended, by what became of them.", "state", MetricLabels.Name);
        _findings = new(_meter, "flytftp.findings", "What was wrong with boots that have ended, by kind; boots that may be forged are left out.", "kind", MetricLabels.Name);
        _bytes = Count("flytftp.acknowledged", "By", "Bytes of files that clients have acknowledged.");
        _blocks = Count("flytftp.acknowledged.blocks", null, "Blocks that clients have acknowledged.");
        _retransmissions = Count("flytftp.retransmissions", null, "Datagrams that were sent again.");
        _withheld = Count("flytftp.withheld.emissions", null, "Emissions held back because the budget for unvalidated peers was spent.");
        _withheldBytes = Count("flytftp.withheld", "By", "Bytes of UDP payload held back for the same reason.");
        _roundTrip = Distribute("flytftp.round_trip", "Smoothed round trip of a session in which one was measured.", RoundTripBounds);
        _duration = Distribute("flytftp.session.duration", "Duration of sessions that moved at least one block.", DurationBounds);

        Ask("flytftp.sessions.active", null, "Sessions that are running.", sources.ActiveSessions);
        _meter.CreateObservableCounter("flytftp.dropped.datagrams", () => Dropped(sources), description:
            "Datagrams that the system dropped: out, it would not send them; in, there was no room for them, or they were garbage.");
        Follow("flytftp.dropped.notes", null, "Session notes that the log could not keep up with.", sources.DroppedNotes);
        Follow("flytftp.cache.hits", null, "Chunks of files (up to 64 KiB) that a transfer needed and found in memory.", sources.CacheHits);
        Follow("flytftp.cache.misses", null, "Chunks of files (up to 64 KiB) that a transfer needed and that had to be read.", sources.CacheMisses);
        Ask("flytftp.cache", "By", "Bytes of files held in memory.", sources.CacheBytes);
        Ask("flytftp.history.boots", null, "Boots kept for the live page.", sources.HistoryBoots);
        Ask("flytftp.history", "By", "Memory that they take.", sources.HistoryBytes);
        Ask("flytftp.viewers", null, "Browsers that follow the live page.", sources.Viewers);
        Ask("flytftp.loop.lag", "s", "How long the slowest loop took to answer when it was last asked for a sign of life.", () => sources.LoopLag().TotalSeconds);
        AddProcess(sources.Process);
        AddGarbageCollector();
    }

    /// <summary>Requests were passed over within the last <see cref="FullFor"/> because all places were taken. Safe on any thread.</summary>
    public bool IsFull => Environment.TickCount64 - Volatile.Read(ref _fullAt) < FullFor.TotalMilliseconds;

    /// <summary>All of it in Prometheus's text format. Safe on any thread.</summary>
    public string WriteText() => _text.Write();

    /// <summary>Counts one note. Safe on any thread; cheap, but not for the loop's own thread.</summary>
    public void Record(SessionNote note)
    {
        switch (note)
        {
            case SessionEnded ended:
                RecordEnd(ended);
                break;
            case Ignored ignored:
                _ignored.Add(ignored.Reason);
                if (ignored.Reason == IgnoreReason.TooManySessions) Volatile.Write(ref _fullAt, Environment.TickCount64);
                break;
            case Withheld withheld:
                _withheld.Add(1);
                _withheldBytes.Add(withheld.Bytes);
                break;
        }
    }

    /// <summary>Counts a boot that is over, and what was wrong with it. Safe on any thread.</summary>
    public void Record(Boot boot)
    {
        _boots.Add(BootEndings.Of(boot));
        // Whoever forges addresses must not be able to raise an alarm.
        if (!boot.IsProven) return;
        foreach (var finding in boot.Findings) _findings.Add(finding.Kind);
    }

    public void Dispose()
    {
        _text.Dispose();
        _meter.Dispose();
    }

    private void RecordEnd(SessionEnded ended)
    {
        _sessions.Add(ended.Outcome);
        if (ended.Refusal is { } reason) _refusals.Add(reason);
        _bytes.Add(ended.Bytes);
        _blocks.Add(ended.Blocks);
        _retransmissions.Add(ended.Retransmissions);
        if (ended.RoundTrip is { } roundTrip) _roundTrip.Record(roundTrip.TotalSeconds);
        if (ended.Blocks > 0) _duration.Record(ended.Duration.TotalSeconds);
    }

    private void AddProcess(ProcessFigures process)
    {
        // The names that Prometheus's own client libraries give these, so that ready-made dashboards find them.
        Ask("process.resident_memory", "By", "Resident memory.", process.ResidentBytes);
        if (process.CanCountDescriptors) Ask("process.open_fds", null, "Open file descriptors.", process.CountDescriptors);
        Ask("process.start_time", "s", "Start of the process since the Unix epoch.", () => process.StartedUnixSeconds);
        Follow("process.cpu", "s", "User and system CPU time spent.", ProcessFigures.CpuSeconds);
    }

    private void AddGarbageCollector()
    {
        Follow("dotnet.gc.collections", null, "Garbage collections of all generations.", static () => (long)GC.CollectionCount(0));
        Follow("dotnet.gc.pause", "s", "Time the program stood still for garbage collections.", static () => GC.GetTotalPauseDuration().TotalSeconds);
        Follow("dotnet.gc.allocated", "By", "Bytes allocated since the start.", static () => GC.GetTotalAllocatedBytes());
        Ask("dotnet.gc.heap", "By", "Bytes in the managed heap.", static () => GC.GetTotalMemory(forceFullCollection: false));
    }

    private static IEnumerable<Measurement<long>> Dropped(MetricSources sources) =>
    [
        new(sources.UnsentDatagrams(), new KeyValuePair<string, object?>("direction", "out")),
        new(sources.UnreadDatagrams(), new KeyValuePair<string, object?>("direction", "in")),
    ];

    private Counter<long> Count(string name, string? unit, string help) => _meter.CreateCounter<long>(name, unit, help);

    private Histogram<double> Distribute(string name, string help, double[] bounds) => _meter.CreateHistogram(
        name, "s", help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private void Ask<T>(string name, string? unit, string help, Func<T> source)
        where T : struct => _meter.CreateObservableGauge(name, source, unit, help);

    private void Follow<T>(string name, string? unit, string help, Func<T> source)
        where T : struct => _meter.CreateObservableCounter(name, source, unit, help);
}
