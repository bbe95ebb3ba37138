namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// The window in flight: what of it was sent when, by the pacing that it was sent with, and how often since. One object a session, used anew for
/// each window.
/// </summary>
internal sealed class Flight
{
    private int _again;
    private bool _isAnew;

    public Window Window { get; private set; }

    public Pacing Pacing { get; private set; }

    /// <summary>When the first block was sent for the first time.</summary>
    public DateTimeOffset Began { get; private set; }

    /// <summary>The highest index that was sent before this window.</summary>
    public long SentBefore { get; private set; }

    /// <summary>How often the client was asked where it stands, by its last block, and then by its first and its last.</summary>
    public int Probes { get; private set; }

    public bool IsProbed => Probes > 0;

    /// <summary>The client was not asked yet, or not since the whole of it was sent again.</summary>
    public bool IsUnasked => Probes == 0 || _isAnew;

    /// <summary>How often the timer has sent it again, or part of it.</summary>
    public int Repeats { get; private set; }

    /// <summary>From the first block to the last.</summary>
    public TimeSpan Spread => Window.Count == 0 ? TimeSpan.Zero : Pacing.OffsetOf(Window.Count - 1);

    public DateTimeOffset Ended => Began + Spread;

    /// <summary>Blocks of it that had been sent before.</summary>
    public int Repeated => Window.First == 0 ? 0 : (int)Math.Clamp(SentBefore - Window.First + 1, 0, Window.Count);

    /// <summary>The last block was not sent before this window: its ACK measures the path (Karn, RFC 6298 §3).</summary>
    public bool IsLastFresh => Window.Last > SentBefore || Window.First == 0;

    public void Begin(in Window window, Pacing pacing, DateTimeOffset now) =>
        (Window, Pacing, Began, Probes, Repeats, _isAnew, _again) = (window, pacing, now, 0, 0, false, 0);

    /// <summary>It, or part of it, is sent again.</summary>
    /// <param name="isProbe">To ask, and not because the timer has run out.</param>
    public void Repeat(Sending sending, bool isProbe)
    {
        if (isProbe) Probes++;
        else Repeats++;
        _isAnew = !isProbe && sending == Sending.All;
        _again += CountOf(sending);
    }

    /// <summary>How many datagrams that is.</summary>
    public int CountOf(Sending sending) => sending switch { Sending.Probe => 1, Sending.Ends => 2, _ => Window.Count };

    /// <summary>Datagrams of it that were due by then, those included that went again.</summary>
    public int SentBy(DateTimeOffset now) => Pacing.DueBy(now - Began, Window.Count) + _again;

    /// <summary>It is over, or a block beyond it has gone out: what was sent will have been sent before the next.</summary>
    /// <param name="highest">The highest index of that.</param>
    public void NoteSent(long highest) => SentBefore = Math.Max(SentBefore, highest);
}
