using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The last step: a standing admission becomes its OACK and its blocks, window by window; a refused one becomes one ERROR. The last
    /// element is always the session's record.
    /// <code>
    /// admissions  --a
    /// replies     ------ACK 0-------ACK 8--------ACK 11
    /// out         --OACK--DATA 1..8--DATA 9..11--(ended|)
    /// </code>
    /// Cold; everything is sent on <paramref name="scheduler"/> or inside the delivery of a reply. Disposes the admission's content.
    /// The end of the replies is silence, not an answer: the timers go on.
    /// </summary>
    public static IObservable<Emission> SendBlocks(this IObservable<Admission> admissions, SessionLimits limits, IScheduler scheduler) =>
        admissions.SelectMany(admission => admission switch
        {
            { Refusal: { } refusal } => Refuse(admission, refusal.Report, scheduler),
            { Withdrawal: { } packet } => Conclude(admission, Outcome.Closed, packet.ToString(), scheduler),
            _ => Observable.Using(() => admission.Content!, _ => Send(admission, limits, scheduler)),
        });

    private static IObservable<Emission> Refuse(Admission admission, ErrorReport report, IScheduler scheduler) =>
        Observable.Return(Emission.Error(admission.Peer, report))
            .Concat(Conclude(admission, Outcome.Refused, report.Message, scheduler));

    private static IObservable<Emission> Conclude(Admission admission, Outcome outcome, string detail, IScheduler scheduler) =>
        Observable.Defer(() => Observable.Return(Emission.Note(admission.Peer, admission.End(outcome, detail, scheduler.Now))));

    private static IObservable<Emission> Send(Admission admission, SessionLimits limits, IScheduler scheduler)
    {
        var state = new SendState(admission, limits);
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
                var loading = admission.Content!.LoadAsync(state.Wanted.Offset, state.Wanted.Count);
                if (loading.IsCompletedSuccessfully) state.Loaded(loading.Result);
                else yield return loading.AsTask().OnCompletingThread().Do(state.Loaded).SelectMany(static _ => Observable.Empty<Emission>());
            }

            if (state.Outcome is null) yield return replies.SendUntilAcked(state, scheduler);
        }
    }

    /// <summary>The server could not go on: the client is told at once instead of being left to its timeouts.</summary>
    private static IObservable<Emission> Fault(Admission admission, SendState state) => state.Outcome == Outcome.Faulted
        ? Observable.Return(Emission.Error(admission.Peer, new ErrorReport(ErrorCode.NotDefined, state.Detail!)))
        : Observable.Empty<Emission>();
}
