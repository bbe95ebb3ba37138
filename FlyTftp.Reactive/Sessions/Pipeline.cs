using System.Reactive;
using System.Reactive.Concurrency;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// The server: datagrams in, emissions out. Incoming datagrams form an observable stream that is grouped by endpoint, filtered by opcode,
/// extension and path-safety operators, and transformed into per-session block emissions, with Timeout and Retry driving retransmission.
/// </summary>
public static class Pipeline
{
    /// <summary>
    /// The same query serves live sockets, replays captures, is simulated and is benchmarked: source, sink and clock are the caller's.
    /// </summary>
    /// <param name="arrivals">Hot, delivered on <paramref name="scheduler"/>. Its end is silence to the sessions, which then run out.</param>
    /// <param name="store">Answers at once or on <paramref name="scheduler"/>.</param>
    /// <param name="drain">From its first element on no session is opened.</param>
    /// <param name="scheduler">The clock and the one thread of everything in here.</param>
    /// <returns>
    /// Cold; to be subscribed once. Completes when arrivals have ended, or draining was asked for, and the last session is over.
    /// OnError means a bug or a dead source, never something that a client, a network or a disk has done.
    /// An emission must not be answered inside its own delivery: its answer arrives after <c>OnNext</c> has returned, as on any network.
    /// </returns>
    public static IObservable<Emission> Serve(
        this IObservable<Datagram> arrivals, IContentStore store, SessionLimits limits, IObservable<Unit> drain, IScheduler scheduler) =>
        arrivals.Serve(store, limits, drain, new SessionCount(), scheduler);

    /// <inheritdoc cref="Serve(IObservable{Datagram}, IContentStore, SessionLimits, IObservable{Unit}, IScheduler)"/>
    /// <param name="count">Is told how many sessions there are.</param>
    public static IObservable<Emission> Serve(
        this IObservable<Datagram> arrivals, IContentStore store, SessionLimits limits, IObservable<Unit> drain, SessionCount count,
        IScheduler scheduler)
    {
        var budget = new AmplificationBudget(limits.Pipelines, limits.UnprovenRate, limits.Key);
        var sizes = limits.BlockSizes ?? new PathBlockSizes();
        return arrivals
            .ParsePackets()
            .ServePerPeer(limits, drain, peer => peer
                .AdmitReads(scheduler)
                .ApplyRules(limits.Names.Current.Rules)
                .AllowExtensions(limits.Names.Current.Extensions)
                .ConfineToRoot(limits.Names.Current)
                .OpenContent(store, limits.Names.Current.Templates, limits, scheduler)
                .NegotiateOptions(limits, sizes, scheduler)
                .ProveReceipt(budget)
                .SendBlocks(limits, scheduler)
                .LimitAmplification(budget, scheduler)
                .LearnBlockSizes(sizes, scheduler)
                .Pace(scheduler), count, scheduler);
    }
}
