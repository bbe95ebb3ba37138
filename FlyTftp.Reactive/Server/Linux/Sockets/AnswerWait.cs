using System.Diagnostics;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// Whether to poll for an answer before sleeping: only once a peer near by was sent something, only for a moment, and less and less often while
/// that is in vain. For peers far away, however many, nothing is ever polled (docs/adr/0019).
/// </summary>
/// <param name="longest">How long to poll; zero: never.</param>
internal sealed class AnswerWait(TimeSpan longest)
{
    /// <summary>
    /// Peers count as near up to so many times the length of a poll. A round trip holds the time that the whole turn took, with all others'
    /// datagrams in it: whether an answer comes soon after that, only trying tells.
    /// </summary>
    private const int NearFactor = 10;

    /// <summary>Waits that are slept through after a poll in vain: 1, then 3, 7 and so on up to this.</summary>
    public const int SkipsMax = 63;

    private readonly long _length = (long)(longest.TotalSeconds * Stopwatch.Frequency);
    private long _until;
    private int _skips, _skipsLeft;
    private bool _isOwed;

    /// <summary>A peer was sent something.</summary>
    /// <param name="roundTrip">The peer's; <c>null</c> while it is not known: then it is not near.</param>
    public void Sent(TimeSpan? roundTrip)
    {
        // The clock is read when there is nothing else to do.
        if (roundTrip is { } time && time <= NearFactor * longest) (_isOwed, _until) = (_length > 0, 0);
    }

    /// <summary>There is nothing else to do: whether to poll.</summary>
    public bool Begin()
    {
        if (!_isOwed || _skipsLeft == 0) return _isOwed;
        _skipsLeft--;
        return _isOwed = false;
    }

    /// <summary>Whether to go on.</summary>
    /// <param name="now">By <see cref="Stopwatch.GetTimestamp"/>.</param>
    public bool GoesOn(long now)
    {
        if (_until == 0) _until = now + _length;
        if (now < _until) return true;
        (_isOwed, _skips) = (false, Math.Min(SkipsMax, (2 * _skips) + 1));
        _skipsLeft = _skips;
        return false;
    }

    /// <summary>A datagram came while it was polled for.</summary>
    public void Succeeded() => _skips = 0;
}
