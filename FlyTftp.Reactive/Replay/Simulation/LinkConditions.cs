using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Replay.Simulation;

/// <summary>How bad the way between a client and the server is, in each direction.</summary>
/// <param name="Loss">Share of the datagrams that never arrive, 0 to 1.</param>
/// <param name="Duplication">Share that arrives twice.</param>
/// <param name="Reordering">Share that is overtaken.</param>
/// <param name="RoundTrip">There and back, at least; the jitter comes on top.</param>
public sealed record LinkConditions(double Loss, double Duplication, double Reordering, TimeSpan RoundTrip)
{
    private static readonly TimeSpan MinHold = TimeSpan.FromMilliseconds(5);

    public TimeSpan OneWay => RoundTrip / 2;

    public TimeSpan Jitter => RoundTrip / 10;

    /// <summary>How long a datagram is held back that others are to overtake.</summary>
    public TimeSpan Hold => RoundTrip > MinHold ? RoundTrip : MinHold;

    /// <summary>After this long nothing is on its way any more.</summary>
    public TimeSpan Lifetime => OneWay + Jitter + Hold;
}

/// <summary>What one client's link has lost so far, in both directions.</summary>
public sealed class LinkLedger
{
    public long Entered { get; internal set; }

    public long Passed { get; internal set; }

    public long Lost => Entered - Passed;
}

public static partial class LinkOperators
{
    /// <summary>One direction of a link: what goes in comes out later, some of it twice, in another order, or never.</summary>
    public static IObservable<T> Through<T>(
        this IObservable<T> source, LinkConditions conditions, SeededRandom chance, LinkLedger ledger, IScheduler scheduler) =>
        source
            .Do(_ => ledger.Entered++)
            .Lose(conditions.Loss, chance.Split())
            .Do(_ => ledger.Passed++)
            .Duplicate(conditions.Duplication, chance.Split())
            .Reorder(conditions.Reordering, conditions.Hold, chance.Split(), scheduler)
            .Lag(conditions.OneWay, conditions.Jitter, chance.Split(), scheduler);
}
