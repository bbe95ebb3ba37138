namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// What transfers with windows know and lock-step has no need of: how fast the path is, whether an ACK that says nothing new names a gap, and
/// when to ask the client where it stands.
/// </summary>
/// <param name="blockSize">Bytes of payload in a block.</param>
/// <param name="gapsMax">How often one number may name a gap before an ACK has moved forward; after that the timers alone send again.</param>
internal sealed class WindowRecovery(int blockSize, int gapsMax)
{
    /// <summary>No timer of a client that was met is shorter.</summary>
    public static readonly TimeSpan ClientTimer = TimeSpan.FromSeconds(1);

    /// <summary>No queue is believed to be longer. What takes longer is the client.</summary>
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(4);

    private readonly PathEstimate _path = new(blockSize);
    private readonly Echoes _echoes = new();
    private int _gaps, _asked;

    // How long the last answer took at least: with a long queue on the path many times what was measured while it was empty.
    private TimeSpan _delay;

    /// <summary>How many blocks may leave at once whatever the path.</summary>
    public int Burst => _path.Burst;

    public Pacing PacingFor(int blocks) => _path.PacingFor(blocks);

    /// <summary>Before that no answer is to be expected: a queue on the path is longer than the timer knows.</summary>
    public TimeSpan Soonest => 1.25 * _delay < DelayMax ? 1.25 * _delay : DelayMax;

    public void Measure(TimeSpan roundTrip) => _path.Measure(roundTrip);

    /// <summary>
    /// PTO: when the client is to be asked where it stands, twice, the second time after twice as long, and never before the window can be through. When all of
    /// it was sent again, it is asked once more: it may have had that, and wait for blocks behind it, since its own window begins where it named a gap.
    /// An unvalidated peer is not sent more for it: it is asked once, and the repeat that it may have is cut down to <see cref="Sending.Ends"/>.
    /// </summary>
    /// <returns><c>null</c>: not before the timer runs out.</returns>
    public TimeSpan? ProbeDue(RetransmissionTimer timer, Flight flight, bool isValidated)
    {
        if (timer.ProbeDue is not { } due) return null;
        var isAllowed = flight.IsUnasked ? isValidated || flight.Window.Count > Burst : flight is { Probes: 1, Repeats: 0 } && isValidated && flight.Window.Count > 2;
        due *= flight.IsUnasked ? 1 : 2;
        var rest = _path.TimeFor(flight.Window.Count) - flight.Spread + Pacing.Granularity;
        due = Longer(due, rest);
        // RFC 8985 §7.2: where the timer would run out first, then.
        if (flight.Probes == 0 && due > timer.Due) due = timer.Due;
        return isAllowed && due <= timer.Due ? due : null;
    }

    /// <summary>
    /// The last ACK once more. In lock-step that is a stray echo, and to answer it would double every block from there on (the
    /// Sorcerer's Apprentice). With a window it also is how a client says that the window's first block is missing (RFC 7440 §4), so it
    /// counts, once for a gap, unless it may be an echo or is here sooner than anything sent since could be answered.
    /// </summary>
    public bool IsNewGap(DateTimeOffset now, DateTimeOffset began, TimeSpan roundTrip)
    {
        if (_path.ShortestRoundTrip is not { } shortest || now - began < Longer(shortest, _delay / 2) || _echoes.Take(now, 2 * roundTrip) || _gaps >= gapsMax) return false;
        _gaps++;
        return true;
    }

    /// <summary>
    /// ACK 0 once more is a client's own timer, when nothing was sent for a while: all of the first window was lost, and what little is repeated before a
    /// peer is validated was lost too.
    /// </summary>
    /// <param name="silence">Since something was last sent.</param>
    public bool IsAsked(TimeSpan silence) => silence >= ClientTimer && ++_asked <= gapsMax;

    /// <summary>The client has answered what was in flight.</summary>
    /// <param name="delivered">Blocks that it has got of it, in order.</param>
    /// <param name="sentAt">When the last datagram of it, or of a part of it again, was sent.</param>
    public void Answered(Flight flight, int delivered, DateTimeOffset sentAt, DateTimeOffset now)
    {
        if (delivered > 0) _gaps = 0;
        // Of what was sent twice it is not known which was answered (Karn): not sooner than the last, at least.
        _delay = flight is { Repeats: 0, IsProbed: false }
            ? now - flight.Began - flight.Pacing.OffsetOf(Math.Min(delivered + 1, flight.Window.Count - 1))
            : Longer(now - sentAt, 0.875 * _delay);
        if (flight.Repeats == 0)
        {
            var (missing, elapsed) = (flight.Window.Count - delivered, now - flight.Began);
            if (missing > 0 || flight.IsProbed) _path.Lose(delivered, missing, flight.Pacing.OffsetOf(delivered + 1), elapsed, flight.IsProbed);
            else _path.Deliver(delivered, flight.Spread, elapsed);
        }

        // Each datagram that is still under way, and each that the client had already, may be answered with the number that it stands at.
        var echoes = flight.SentBy(now) - delivered + flight.Repeated;
        _echoes.Expect(echoes, now + 1.1 * Longer(_path.ShortestRoundTrip ?? TimeSpan.Zero, _delay) + _path.TimeFor(echoes));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
