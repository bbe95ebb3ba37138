namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>A round trip that may not be one: the block had been sent twice when its ACK came (Karn, RFC 6298 §3).</summary>
/// <param name="RoundTrip">From the first sending to the ACK.</param>
/// <param name="Apart">From the first sending to the last.</param>
/// <param name="At">When the ACK came.</param>
internal readonly record struct DoubtfulSample(TimeSpan RoundTrip, TimeSpan Apart, DateTimeOffset At)
{
    /// <summary>
    /// Whether the same ACK once more, now, answers the second copy: it comes as long after the first as that was sent. A copy that the network has
    /// made comes sooner, and one that the client's own timer sends, when that goes off.
    /// </summary>
    public bool IsConfirmedBy(DateTimeOffset now) => (now - At - Apart).Duration() <= Apart / 4;
}
