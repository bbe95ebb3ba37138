using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
{
    /// <summary>
    /// Brings each element later, by a time that varies. It is a queue: no element overtakes another.
    /// <code>
    /// source  --a--b-----c--|
    /// result  -----a---b---c|
    /// </code>
    /// Ends when its source has ended and all elements have come through.
    /// </summary>
    /// <param name="shortest">What each takes at least.</param>
    /// <param name="jitter">What may come on top.</param>
    public static IObservable<T> Lag<T>(
        this IObservable<T> source, TimeSpan shortest, TimeSpan jitter, SeededRandom chance, IScheduler scheduler) =>
        Observable.Defer(() =>
        {
            var last = DateTimeOffset.MinValue;
            return source.SelectMany(element =>
            {
                var due = scheduler.Now + shortest + chance.Between(TimeSpan.Zero, jitter);
                last = due > last ? due : last;
                return Observable.Timer(last, scheduler).Select(_ => element);
            });
        });
}
