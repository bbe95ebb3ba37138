using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>
/// The same query put together another way: a sequence for each window, joined by Concat, where <see cref="PipelineOperators.SendUntilAcked"/>
/// is subscribed to once a session. It also has no timer of its own. Both must say the same at the same times.
/// </summary>
internal static class StockPipeline
{
    public static IObservable<Emission> ServeByStockOperators(
        this IObservable<Datagram> arrivals, IContentStore store, SessionLimits limits, IObservable<Unit> drain, IScheduler scheduler)
    {
        var budget = new AmplificationBudget();
        var sizes = new PathBlockSizes();
        return arrivals
            .ParsePackets()
            .ServePerPeer(limits, drain, peer => peer
                .AdmitReads(scheduler)
                .ApplyRules(limits.Names.Current.Rules)
                .AllowExtensions(limits.Names.Current.Extensions)
                .ConfineToRoot(limits.Names.Current)
                .OpenContent(store, limits.Names.Current.Templates, limits, scheduler)
                .NegotiateOptions(limits, sizes, scheduler)
                .SelectMany(admission => admission.IsStanding
                    ? Observable.Using(() => admission.Content!, _ => Send(admission, limits, scheduler))
                    : Observable.Return(admission).SendBlocks(limits, scheduler))
                .LimitAmplification(budget, scheduler)
                .LearnBlockSizes(sizes, scheduler), new SessionCount(), scheduler);
    }

    private static IObservable<Emission> Send(Admission admission, SessionLimits limits, IScheduler scheduler)
    {
        var state = new SendState(admission, limits);
        // The end of the input is silence, not an answer.
        var replies = admission.Replies.Concat(Observable.Never<Packet>());
        return Steps(admission, state, replies, scheduler).Concat()
            .TakeUntil(replies.Where(packet => state.EndsWith(packet)))
            .Concat(Observable.Defer(() => Fault(admission, state)))
            .Concat(Observable.Defer(() => Observable.Return(Emission.Note(admission.Peer, state.Summarize(scheduler.Now)))));
    }

    /// <summary>One sequence a step, each asked for when the one before it is acknowledged: load, send, load, send …</summary>
    private static IEnumerable<IObservable<Emission>> Steps(
        Admission admission, SendState state, IObservable<Packet> replies, IScheduler scheduler)
    {
        while (state.Outcome is null)
        {
            if (state.NeedsBlocks)
            {
                var loading = admission.Content!.LoadAsync(state.Wanted.Offset, state.Wanted.Count).AsTask();
                yield return loading.OnCompletingThread().Do(load => state.Loaded(load)).SelectMany(static _ => Observable.Empty<Emission>());
            }

            if (state.Outcome is null) yield return SendWindow(replies, state, scheduler);
        }
    }

    private static IObservable<Emission> SendWindow(IObservable<Packet> replies, SendState state, IScheduler scheduler)
    {
        var isRepeat = false;
        var awaitedAck = replies
            .Where(packet => packet.Kind == PacketKind.Acknowledgment && state.Acknowledge(packet.Block, scheduler.Now))
            .Take(1)
            .Select(static _ => default(Emission))
            .IgnoreElements();

        return Observable.Defer(() =>
            {
                if (isRepeat && !state.Expire(scheduler.Now)) return Observable.Empty<Emission>();
                isRepeat = true;
                var sent = state.HasEmission ? Observable.Return(state.Emit(scheduler.Now)) : Observable.Empty<Emission>();
                return sent.Concat(awaitedAck).Timeout(state.Due, scheduler);
            })
            .RetryWhen(static errors => errors.SelectMany(
                static error => error is TimeoutException ? Observable.Return(Unit.Default) : Observable.Throw<Unit>(error)));
    }

    private static IObservable<Emission> Fault(Admission admission, SendState state) => state.Outcome == Outcome.Faulted
        ? Observable.Return(Emission.Error(admission.Peer, new ErrorReport(ErrorCode.NotDefined, state.Detail!)))
        : Observable.Empty<Emission>();
}
