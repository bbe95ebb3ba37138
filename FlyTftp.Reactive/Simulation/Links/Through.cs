using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
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
