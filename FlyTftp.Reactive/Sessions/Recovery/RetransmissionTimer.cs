namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// How long to wait for an ACK before sending again (RFC 6298): one a session, fed with the round trips that are measured.
/// Its first value is <see cref="Initial"/>; it never goes below <see cref="Floor"/> nor above <see cref="Ceiling"/>.
/// </summary>
/// <param name="fixedTimeout">The client's <c>timeout</c> option (RFC 2349): then every wait is exactly this long.</param>
public sealed class RetransmissionTimer(TimeSpan? fixedTimeout = null)
{
    public static readonly TimeSpan
        Initial = TimeSpan.FromSeconds(1),
        // Below RFC 6298's 1 s (§2.4): a ROM answers in microseconds, and Linux's TCP has proven 200 ms on the Internet.
        Floor = TimeSpan.FromMilliseconds(200),
        Ceiling = TimeSpan.FromSeconds(8),
        // RFC 8985 §7.2 adds the longest delay of an ACK, which TFTP does not have: a client's own stalls take its place.
        ProbeFloor = TimeSpan.FromMilliseconds(10),
        // The clock granularity G of §2: the timing wheel's.
        Granularity = TimeSpan.FromMilliseconds(1);

    private TimeSpan _timeout = Initial;
    private TimeSpan _measured = Initial;
    /// <summary>SRTT; <c>null</c> until something was measured.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>RTTVAR.</summary>
    public TimeSpan Variation { get; private set; }

    /// <summary>RTO: how long to wait from now on.</summary>
    public TimeSpan Due => fixedTimeout ?? _timeout;

    /// <summary>
    /// PTO: how long to wait before a window's last block is sent once more, alone, to learn what has become of the window (RFC 8985 §7.2);
    /// <c>null</c> until something was measured. Twice the round trip, and never less than its own variation makes likely.
    /// </summary>
    public TimeSpan? ProbeDue
    {
        get
        {
            if (RoundTrip is not { } smoothed) return null;
            var due = smoothed + 4 * Variation;
            due = due > 2 * smoothed ? due : 2 * smoothed;
            return due > ProbeFloor ? due : ProbeFloor;
        }
    }

    /// <summary>
    /// Takes a measured round trip in (§2.2, §2.3), which also ends any backing off. Of a block that was sent more than once
    /// nothing can be measured (Karn, §3): not called then.
    /// </summary>
    public void Measure(TimeSpan roundTrip)
    {
        if (RoundTrip is { } smoothed)
        {
            Variation = 0.75 * Variation + 0.25 * (smoothed - roundTrip).Duration();
            smoothed = 0.875 * smoothed + 0.125 * roundTrip;
            RoundTrip = smoothed;
        }
        else
        {
            RoundTrip = roundTrip;
            Variation = roundTrip / 2;
        }

        var margin = 4 * Variation;
        _timeout = _measured = Clamp(RoundTrip.Value + (margin > Granularity ? margin : Granularity));
    }

    /// <summary>Ends the backing off: an ACK has moved forward (§5.3), even if nothing can be measured by it.</summary>
    public void Advance() => _timeout = _measured;

    /// <summary>Doubles the wait after it was in vain (§5.5).</summary>
    public void BackOff() => _timeout = Clamp(2 * _timeout);

    private static TimeSpan Clamp(TimeSpan timeout) => timeout < Floor ? Floor : timeout > Ceiling ? Ceiling : timeout;
}
