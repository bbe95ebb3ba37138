using System.Reactive.Linq;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
{
    /// <summary>
    /// Lets a share of the elements come twice, one right after the other; what follows may tear them apart.
    /// <code>
    /// source  --a--b---c--|
    /// result  --a--bb--c--|
    /// </code>
    /// Subscribes to its source once.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    public static IObservable<T> Duplicate<T>(this IObservable<T> source, double share, SeededRandom chance) =>
        source.Publish(shared => shared.Merge(shared.Where(_ => chance.Happens(share))));
}
