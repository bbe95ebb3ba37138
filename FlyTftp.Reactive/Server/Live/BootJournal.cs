using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>
/// Tells boots from the notes of sessions as they come, for the log and the history: the operator <see cref="BootOperators"/> on a clock that the
/// caller moves. From any thread.
/// </summary>
internal sealed class BootJournal : IDisposable
{
    /// <summary>How often <see cref="Tick"/> is to be called, so that a boot ends although nobody says anything any more.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly HistoricalScheduler _clock;
    private readonly Subject<BootEvent> _events = new();
    private readonly Func<string, string?>? _nearest;
    private readonly IDisposable _boots;
    private SessionEnded? _told;

    /// <param name="onTold">Told each boot whenever it has changed, with the transfer that changed it; its last time it is over.</param>
    /// <param name="nearest">Says which file was probably meant by a name that is not there.</param>
    public BootJournal(BootLimits limits, TimeProvider time, Action<Boot, SessionEnded?> onTold, Func<string, string?>? nearest = null)
    {
        (_time, _nearest) = (time, nearest);
        _clock = new HistoricalScheduler(time.GetUtcNow());
        _boots = _events.ToBoots(limits, _clock).Subscribe(boot => onTold(boot, _told is { } told && told.Flow.Remote with { Port = 0 } == boot.Client && !boot.IsOver ? told : null));
    }

    public void Record(SessionNote note)
    {
        if (note is SessionBegan)
        {
            lock (_gate)
            {
                Advance();
                _events.OnNext(new BootTransferBegan(note.Flow.Remote, _time.GetUtcNow()));
            }
        }

        if (note is not SessionEnded ended) return;
        var transfer = BootTransfer.Of(ended);
        if (ended.Refusal == RefusalReason.NotFound && !StepWords.IsOptional(ended.Request.FileName))
            transfer = transfer with { NearestName = _nearest?.Invoke(ended.Request.FileName) };
        lock (_gate)
        {
            Advance();
            _told = ended;
            _events.OnNext(transfer);
            _told = null;
        }
    }

    public void Tick()
    {
        lock (_gate) Advance();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            // The boots that are running are told to their end.
            _events.OnCompleted();
            _boots.Dispose();
            _events.Dispose();
        }
    }

    // The wall clock may be set back; the boots' clock stands still then.
    private void Advance()
    {
        var now = _time.GetUtcNow();
        if (now > _clock.Now) _clock.AdvanceTo(now);
    }
}
