using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Simulation.Links;

internal static partial class LinkOperators
{
    /// <summary>What all clients share on the way to them: the largest packet and the bottleneck, where there are any.</summary>
    /// <param name="dropped">Told of each datagram that does not pass, at once.</param>
    public static IObservable<Datagram> Narrow(
        this IObservable<Datagram> source, LinkConditions conditions, Action<Datagram> dropped, IScheduler scheduler)
    {
        if (conditions.Mtu > 0)
        {
            source = source.Where(datagram =>
            {
                var isSmall = LengthOf(datagram) <= conditions.Mtu;
                if (!isSmall) dropped(datagram);
                return isSmall;
            });
        }

        return conditions.Rate > 0 ? source.Bottleneck(conditions.Rate, conditions.Queue, LengthOf, dropped, scheduler) : source;

        static int LengthOf(Datagram datagram) => datagram.Payload.Length + LinkConditions.HeaderBytes;
    }
}
