using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
{
    /// <summary>
    /// Holds a share of the elements back for a while, so that others overtake them.
    /// <code>
    /// source  --a--b--c--d--|
    /// result  --a-----c--db-|
    /// </code>
    /// Ends when its source has ended and nothing is held any more.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="hold">The longest time; the shortest is none.</param>
    public static IObservable<T> Reorder<T>(
        this IObservable<T> source, double share, TimeSpan hold, SeededRandom chance, IScheduler scheduler) =>
        source.SelectMany(element => chance.Happens(share)
            ? Observable.Return(element).Delay(chance.Between(TimeSpan.Zero, hold), scheduler)
            : Observable.Return(element));
}
