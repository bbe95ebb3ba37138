namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>
/// What can only be asked for, not told by a note. Asked once per scrape, on a thread of the HTTP side: each must be cheap, safe to call
/// from there and must not throw.
/// </summary>
internal sealed record MetricSources
{
    /// <summary>Sessions that are running, those included that wait for a disk.</summary>
    public Func<long> ActiveSessions { get; init; } = static () => 0;

    /// <summary>Datagrams that the system would not send; only ever grows.</summary>
    public Func<long> UnsentDatagrams { get; init; } = static () => 0;

    /// <summary>Datagrams that came in and were dropped before they could be read, for want of room or as garbage; only ever grows.</summary>
    public Func<long> UnreadDatagrams { get; init; } = static () => 0;

    /// <summary>Notes that were dropped because the log could not keep up; only ever grows.</summary>
    public Func<long> DroppedNotes { get; init; } = static () => 0;

    /// <summary>Chunks of files that were found in memory; only ever grows.</summary>
    public Func<long> CacheHits { get; init; } = static () => 0;

    /// <summary>Chunks of files that had to be read; only ever grows.</summary>
    public Func<long> CacheMisses { get; init; } = static () => 0;

    /// <summary>Bytes of files held in memory.</summary>
    public Func<long> CacheBytes { get; init; } = static () => 0;

    /// <summary>How long the slowest loop took to answer when it was last asked for a sign of life.</summary>
    public Func<TimeSpan> LoopLag { get; init; } = static () => TimeSpan.Zero;

    /// <summary>Finished boots that are kept for the live page, and about how many bytes they take.</summary>
    public Func<long> HistoryBoots { get; init; } = static () => 0;

    /// <inheritdoc cref="HistoryBoots"/>
    public Func<long> HistoryBytes { get; init; } = static () => 0;

    /// <summary>Who follows the live page.</summary>
    public Func<long> Viewers { get; init; } = static () => 0;

    public ProcessFigures Process { get; init; } = ProcessFigures.Open(TimeProvider.System);
}
