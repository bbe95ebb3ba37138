namespace FlyTftp.Reactive.Simulation.Links;

/// <summary>How bad the way between a client and the server is, in each direction.</summary>
/// <param name="Loss">Share of the datagrams that never arrive, 0 to 1.</param>
/// <param name="Duplication">Share that arrives twice.</param>
/// <param name="Reordering">Share that is overtaken.</param>
/// <param name="RoundTrip">There and back, at least; the jitter comes on top.</param>
internal sealed record LinkConditions(double Loss, double Duplication, double Reordering, TimeSpan RoundTrip)
{
    private static readonly TimeSpan MinHold = TimeSpan.FromMilliseconds(5);

    public TimeSpan OneWay => RoundTrip / 2;

    public TimeSpan Jitter => RoundTrip / 10;

    /// <summary>How long a datagram is held back that others are to overtake.</summary>
    public TimeSpan Hold => RoundTrip > MinHold ? RoundTrip : MinHold;

    /// <summary>After this long nothing is on its way any more.</summary>
    public TimeSpan Lifetime => OneWay + Jitter + Hold;
}
