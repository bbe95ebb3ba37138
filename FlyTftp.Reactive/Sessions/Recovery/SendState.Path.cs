namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>What an ACK says of the path: how long a round trip takes, and what was lost.</summary>
internal sealed partial class SendState
{
    private bool IsNewGap(long index, DateTimeOffset now)
    {
        // Both copies of a block were acknowledged: the first was answered, and there was no need for the second. So the round trip is known
        // after all (RFC 3708 learns the same from DSACK). Without this, a path that has become slower than RTO would get every block twice.
        if (_doubtful is { } sample && sample.IsConfirmedBy(now)) _timer.Measure(sample.RoundTrip);
        _doubtful = null;
        return index > 0 && _recovery?.IsNewGap(now, _flight.Began, _timer.RoundTrip ?? TimeSpan.Zero) == true;
    }

    private bool IsAskedByTimer(DateTimeOffset now) => !Peer.IsValidated && _recovery?.IsAsked(now - _sentAt - _flight.Spread) == true;

    /// <summary>Takes from an ACK that was awaited what it says about the path.</summary>
    private void Learn(long index, DateTimeOffset now)
    {
        _doubtful = null;
        if (index == _window.Last && _flight.IsLastFresh)
        {
            // Karn's algorithm (RFC 6298 §3), by the block that the ACK names: whatever was repeated before it does not matter.
            var roundTrip = now - _flight.Ended;
            var isTwice = _flight.IsProbed || _flight.Repeats > 0;
            if (isTwice) _doubtful = new DoubtfulSample(roundTrip, _sentAt - _flight.Ended, now);
            else Measure(roundTrip);
        }

        if (!IsOffer) _recovery?.Answered(_flight, (int)(index - _acknowledged), _sentAt + Spread, now);
    }

    private void Measure(TimeSpan roundTrip)
    {
        _timer.Measure(roundTrip);
        _recovery?.Measure(roundTrip);
        Peer.RoundTrip = _timer.RoundTrip;
    }
}
