using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The last step: a standing admission becomes its OACK and its blocks, window by window; a refused one becomes one ERROR, or
    /// silence where the client had better ask again. The last element is always the session's record, or the note of the silence.
    /// <code>
    /// admissions  --a
    /// replies     ------ACK 0-------ACK 8--------ACK 11
    /// out         --OACK--DATA 1..8--DATA 9..11--(ended|)
    /// </code>
    /// Cold; everything is sent on <paramref name="scheduler"/> or inside the delivery of a reply. Disposes the admission's content.
    /// The end of the replies is silence, not an answer: the timers go on. No reply may come inside the delivery of what it replies to.
    /// </summary>
    public static IObservable<Emission> SendBlocks(this IObservable<Admission> admissions, SessionLimits limits, IScheduler scheduler) =>
        admissions.SelectMany(admission => admission switch
        {
            { Refusal.IsTemporary: true } => Ignore(admission),
            { Refusal: { } refusal } => Refuse(admission, refusal, scheduler),
            { Fault: { } fault } => Observable.Return(Emission.Error(admission.Peer, new ErrorReport(ErrorCode.NotDefined, fault)))
                .Concat(Conclude(admission, Outcome.Faulted, fault, scheduler)),
            { Withdrawal: { } packet } => Conclude(admission, Outcome.Closed, packet.ToString(), scheduler),
            { LoweredFrom: > 0, HalfOpen: null } => TellLowered(admission).Concat(Send(admission, limits, scheduler)),
            _ => Send(admission, limits, scheduler),
        });

    private static IObservable<Emission> Send(Admission admission, SessionLimits limits, IScheduler scheduler) =>
        Observable.Using(() => admission.Content!, _ => admission.SendUntilAcked(new SendState(admission, limits).From(admission.HalfOpen), scheduler));

    private static IObservable<Emission> TellLowered(Admission admission) => Observable.Return(Emission.Note(
        admission.Peer, new BlockSizeLowered(admission.Peer.Flow, admission.LoweredFrom, admission.Parameters.BlockSize)));

    private static IObservable<Emission> Ignore(Admission admission) => Observable.Return(
        Emission.Note(admission.Peer, new Ignored(admission.Peer.Flow, IgnoreReason.Busy, admission.Refusal!.Detail)));

    private static IObservable<Emission> Refuse(Admission admission, Refusal refusal, IScheduler scheduler) =>
        (admission.Peer.IsBroadcast ? Observable.Empty<Emission>() : Observable.Return(Emission.Error(admission.Peer, refusal.Report)))
            .Concat(Conclude(admission, Outcome.Refused, refusal.ForTheLog, scheduler));

    private static IObservable<Emission> Conclude(Admission admission, Outcome outcome, string detail, IScheduler scheduler) =>
        Observable.Defer(() => Observable.Return(Emission.Note(admission.Peer, admission.End(outcome, detail, scheduler.Now))));
}
