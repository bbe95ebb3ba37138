using System.Reactive.Linq;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
{
    /// <summary>
    /// Loses a share of the elements.
    /// <code>
    /// source  --a--b--c--d--|
    /// result  --a-----c--d--|
    /// </code>
    /// </summary>
    /// <param name="share">0 to 1.</param>
    public static IObservable<T> Lose<T>(this IObservable<T> source, double share, SeededRandom chance) =>
        source.Where(_ => !chance.Happens(share));
}
