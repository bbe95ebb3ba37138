namespace FlyTftp.Reactive.Simulation.Links;

/// <summary>How bad the way between a client and the server is, in each direction.</summary>
/// <param name="Loss">Share of the datagrams that never arrive, 0 to 1.</param>
/// <param name="Duplication">Share that arrives twice.</param>
/// <param name="Reordering">Share that is overtaken.</param>
/// <param name="RoundTrip">There and back, at least; the jitter comes on top.</param>
internal sealed record LinkConditions(double Loss, double Duplication, double Reordering, TimeSpan RoundTrip)
{
    /// <summary>IPv4 and UDP headers, which take their place on the link.</summary>
    public const int HeaderBytes = 28;

    private static readonly TimeSpan MinHold = TimeSpan.FromMilliseconds(5);

    /// <summary>Megabits a second towards the clients, all together; 0: as many as there are.</summary>
    public double MegabitsPerSecond { get; init; }

    /// <summary>The same in bytes a second.</summary>
    public double Rate => MegabitsPerSecond * 1e6 / 8;

    /// <summary>Bytes that may wait in front of it.</summary>
    public int Queue { get; init; } = DefaultQueue;

    /// <summary>Bytes; a larger packet towards a client is swallowed without a word, as by a tunnel or a filter of fragments. 0: none is.</summary>
    public int Mtu { get; init; }

    /// <summary>What may come on top of the round trip, as a share of it.</summary>
    public double JitterShare { get; init; } = 0.1;

    /// <summary>Bytes.</summary>
    public const int DefaultQueue = 64 * 1024;

    public TimeSpan OneWay => RoundTrip / 2;

    public TimeSpan Jitter => RoundTrip * JitterShare;

    /// <summary>How long a datagram is held back that others are to overtake.</summary>
    public TimeSpan Hold => RoundTrip > MinHold ? RoundTrip : MinHold;

    /// <summary>After this long nothing is on its way any more.</summary>
    public TimeSpan Lifetime => OneWay + Jitter + Hold + (Rate > 0 ? TimeSpan.FromSeconds(Queue / Rate) : TimeSpan.Zero);
}
