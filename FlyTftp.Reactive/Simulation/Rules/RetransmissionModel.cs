using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>
/// RFC 6298 once more, from the outside: when a session must send again, to be held against when it does. Unknown after waits that
/// nobody can see.
/// </summary>
internal sealed class RetransmissionModel(TimeSpan? fixedTimeout)
{
    /// <summary>A paced window's last block leaves by a timer, a little later than it was due: the samples differ by that.</summary>
    private const double WindowTolerance = 0.005;

    /// <summary>Rounding.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private double _timeout = RetransmissionTimer.Initial.TotalSeconds;
    private double _measured = RetransmissionTimer.Initial.TotalSeconds;
    private double? _smoothed;
    private double _variation;
    private bool _isKnown = true, _isLost;

    // What the waiting goes by: a measurement that comes later counts for the next wait.
    private double _armed, _armedSoonest;

    /// <summary>Every wait is as long as the client has said.</summary>
    public bool IsFixed => fixedTimeout is not null;

    public bool IsDue(TimeSpan waited) => fixedTimeout is { } wait ? (waited - wait).Duration() <= Tolerance
        : _isLost || !_isKnown || (waited - TimeSpan.FromSeconds(_armed)).Duration() <= Tolerance;

    /// <summary>Not before PTO (RFC 8985 §7), which is the sooner of the two, as far as either is known.</summary>
    public bool IsTooSoon(TimeSpan waited) => !_isLost && _isKnown && waited.TotalSeconds < Math.Min(_armedSoonest, fixedTimeout?.TotalSeconds ?? _armed) - WindowTolerance;

    /// <summary>The shortest that was measured.</summary>
    public TimeSpan? ShortestRoundTrip { get; private set; }

    public TimeSpan Longest => fixedTimeout ?? RetransmissionTimer.Ceiling;

    private double Soonest => _smoothed is { } smoothed
        ? Math.Max(RetransmissionTimer.ProbeFloor.TotalSeconds, smoothed + Math.Max(smoothed, 4 * _variation)) : double.MaxValue;

    public override string ToString() => fixedTimeout is { } wait ? $"{wait.TotalSeconds} s" : $"{_armed:F4} s";

    /// <summary>Something was sent: a wait begins.</summary>
    public void Arm() => (_armed, _armedSoonest) = (_timeout, Soonest);

    public void BackOff() => _timeout = Math.Min(2 * _timeout, RetransmissionTimer.Ceiling.TotalSeconds);

    /// <summary>An ACK has moved forward: the back-off is over.</summary>
    public void Advance() => (_timeout, _isKnown) = (_measured, true);

    /// <summary>It may have backed off any number of times: nothing is known until an ACK moves forward.</summary>
    public void LoseTrack() => _isKnown = false;

    /// <summary>Something was measured here that the session cannot have measured.</summary>
    public void LoseTrackForGood() => _isLost = true;

    public void Measure(TimeSpan roundTrip)
    {
        var sample = roundTrip.TotalSeconds;
        if (!(roundTrip > ShortestRoundTrip)) ShortestRoundTrip = roundTrip;
        if (_smoothed is { } smoothed)
        {
            _variation += (Math.Abs(smoothed - sample) - _variation) / 4;
            _smoothed = smoothed + (sample - smoothed) / 8;
        }
        else
        {
            _smoothed = sample;
            _variation = sample / 2;
        }

        _timeout = _measured = Math.Clamp(
            _smoothed.Value + Math.Max(4 * _variation, RetransmissionTimer.Granularity.TotalSeconds),
            RetransmissionTimer.Floor.TotalSeconds, RetransmissionTimer.Ceiling.TotalSeconds);
        _isKnown = true;
    }
}
