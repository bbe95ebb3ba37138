using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>
/// Everything by which a running server can be watched: boots as they are told, their history, the last ten minutes, and what viewers are sent.
/// Costs the loops nothing while nobody looks, but for the recorders that they have of their own.
/// </summary>
internal sealed class LiveView : IDisposable
{
    /// <summary>Running transfers that viewers are shown.</summary>
    public const int RunningMax = 100;

    private readonly List<ServerLoop> _loops;
    private readonly ServerLog _log;
    private readonly TimeProvider _time;
    private readonly ActivityChart _chart;
    private readonly BootJournal _journal;
    private readonly Action<Boot>? _onOver;
    private readonly CancellationTokenSource _stopping = new();
    private LiveFeed? _feed;

    /// <param name="loops">May be empty yet; asked when somebody looks.</param>
    /// <param name="onOver">Told each boot that is over.</param>
    /// <param name="nearest">Says which file was probably meant by a name that is not there; asked off the loops, by one at a time.</param>
    public LiveView(long historyBytes, List<ServerLoop> loops, ServerLog log, TimeProvider time, Action<Boot>? onOver = null, Func<string, string?>? nearest = null)
    {
        (_loops, _log, _time, _onOver) = (loops, log, time, onOver);
        History = new BootHistory(historyBytes);
        _chart = new ActivityChart(time);
        _journal = new BootJournal(new BootLimits(), time, Told, nearest);
    }

    public BootHistory History { get; }

    /// <summary>Who follows the live page.</summary>
    public int Viewers => _feed?.Viewers ?? 0;

    /// <summary>Where the server's own health probe asks from: its downloads are no boots.</summary>
    public Endpoint? Probe { get; set; }

    /// <summary>Takes in a note of any loop; from any thread.</summary>
    public void Record(SessionNote note)
    {
        if (note.Flow.Remote == Probe) return;
        _chart.Record(note);
        _journal.Record(note);
    }

    /// <summary>Begins to tell viewers.</summary>
    /// <param name="state">What is asked whenever a picture is taken, off the loops.</param>
    public LiveFeed Follow(Func<ValueTask<ServerState>> state)
    {
        var feed = new LiveFeed(() => LookAsync(state), History, _time);
        _feed = feed;
        _ = feed.RunAsync(_stopping.Token);
        return feed;
    }

    /// <summary>Lets boots end by the clock, and keeps the chart.</summary>
    public async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(BootJournal.TickInterval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _journal.Tick();
            _chart.RecordBytes(_loops.Sum(static loop => loop.AcknowledgedBytes));
        }
    }

    public async Task<IReadOnlyList<RunningTransfer>> LookAtRunningAsync()
    {
        var looks = await Task.WhenAll(_loops.Select(static loop => loop.LookAsync(RunningMax))).ConfigureAwait(false);
        return [.. looks.SelectMany(static transfers => transfers).Where(transfer => transfer.Client != Probe).OrderBy(static transfer => transfer.Started).Take(RunningMax)];
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _journal.Dispose();
        _stopping.Dispose();
    }

    private async ValueTask<(JsonText Json, bool IsBusy)> LookAsync(Func<ValueTask<ServerState>> state)
    {
        var server = await state().ConfigureAwait(false);
        var running = await LookAtRunningAsync().ConfigureAwait(false);
        // A full list may be a part of what there is.
        var total = running.Count < RunningMax ? running.Count : (int)Math.Max(running.Count, server.Sessions);
        return (LiveJson.State(_time.GetUtcNow(), server, History, running, total, _chart.Look()), total > 0);
    }

    private void Told(Boot boot, SessionEnded? session)
    {
        History.Update(boot, session);
        if (boot.IsOver) _onOver?.Invoke(boot);
        // What nobody has acknowledged may be forged, and is told in sum elsewhere.
        if (boot is { IsOver: true, IsProven: true }) _log.BootOver(boot);
    }
}
