using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>
/// RFC 6298 once more, from the outside: when a session must send again, to be held against when it does. Unknown after waits that
/// nobody can see.
/// </summary>
internal sealed class RetransmissionModel(TimeSpan? fixedTimeout)
{
    /// <summary>Rounding.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private double _timeout = RetransmissionTimer.Initial.TotalSeconds;
    private double? _smoothed;
    private double _variation;
    private bool _isKnown = true, _isLost;

    /// <summary>Every wait is as long as the client has said.</summary>
    public bool IsFixed => fixedTimeout is not null;

    public bool IsDue(TimeSpan waited) => fixedTimeout is { } wait ? (waited - wait).Duration() <= Tolerance
        : _isLost || !_isKnown || (waited - TimeSpan.FromSeconds(_timeout)).Duration() <= Tolerance;

    public TimeSpan Longest => fixedTimeout ?? RetransmissionTimer.Ceiling;

    public override string ToString() => fixedTimeout is { } wait ? $"{wait.TotalSeconds} s" : $"{_timeout:F4} s";

    public void BackOff() => _timeout = Math.Min(2 * _timeout, RetransmissionTimer.Ceiling.TotalSeconds);

    /// <summary>It may have backed off any number of times: nothing is known until something is measured.</summary>
    public void LoseTrack() => _isKnown = false;

    /// <summary>Something was measured here that the session cannot have measured.</summary>
    public void LoseTrackForGood() => _isLost = true;

    public void Measure(TimeSpan roundTrip)
    {
        var sample = roundTrip.TotalSeconds;
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

        _timeout = Math.Clamp(
            _smoothed.Value + Math.Max(4 * _variation, RetransmissionTimer.Granularity.TotalSeconds),
            RetransmissionTimer.Floor.TotalSeconds, RetransmissionTimer.Ceiling.TotalSeconds);
        _isKnown = true;
    }
}
