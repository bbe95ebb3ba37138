using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
{
    /// <summary>
    /// A slower link with a short queue in front of it: an element takes as long as its bytes need, one after the other, and where there is no room
    /// left to wait it is dropped (tail drop).
    /// <code>
    /// source   --abcd--------e--|
    /// result   ----a--b--c-----e|      (room for two behind the one that is on the wire)
    /// dropped  -----d-----------
    /// </code>
    /// Ends when its source has ended and all that waits has come through.
    /// </summary>
    /// <param name="rate">Bytes a second, more than 0.</param>
    /// <param name="queue">Bytes that may wait, what is on the wire included.</param>
    /// <param name="length">Bytes of an element.</param>
    /// <param name="dropped">Told of each that is dropped, at once.</param>
    public static IObservable<T> Bottleneck<T>(
        this IObservable<T> source, double rate, int queue, Func<T, int> length, Action<T> dropped, IScheduler scheduler) =>
        Observable.Defer(() =>
        {
            var free = DateTimeOffset.MinValue;
            return source.SelectMany(element =>
            {
                var bytes = length(element);
                var begins = free > scheduler.Now ? free : scheduler.Now;
                if ((begins - scheduler.Now).TotalSeconds * rate + bytes > queue)
                {
                    dropped(element);
                    return Observable.Empty<T>();
                }

                free = begins + TimeSpan.FromSeconds(bytes / rate);
                return Observable.Timer(free, scheduler).Select(_ => element);
            });
        });
}
