using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    // Timeout would make one for every session.
    private static readonly IObservable<Emission> TimedOut = Observable.Throw<Emission>(new TimeoutException());

    /// <summary>
    /// Sends what is in flight, waits for its ACK and goes on to the next, until the transfer has an outcome: Timeout and Retry are the
    /// retransmission. The last element is the session's record; without one it ends where the query is let go until the peer answers (<see cref="HalfOpen"/>).
    /// <code>
    /// replies  ------------------ACK 8--         ----------------------
    /// out      (1..8)------------(9..16)…        (1..8)---(1..8)-------… (ended|)
    ///                                                  RTO      2 × RTO    given up
    /// </code>
    /// Cold. Timeout stands on what is sent and not on what is heard: only an awaited ACK leads to the next emission, so that other packets
    /// neither end a wait nor prolong it. A new subscription is the retransmission, and <see cref="SendState"/> has the say in what that
    /// sends, if anything. The end of the replies is silence. Errors of the content or of the state are OnError.
    /// <para>An emission must not be answered inside its own delivery: stock operators do not expect an element within an element.</para>
    /// </summary>
    internal static IObservable<Emission> SendUntilAcked(this Admission admission, SendState state, IScheduler scheduler) =>
        Observable.Using(() => new AckTimer(state, scheduler), timer => admission
            .SendWindows(state, scheduler)
            .Timeout(timer, _ => timer, TimedOut)
            .RetryOnTimeout(() => state.Expire(scheduler.Now))
            .Concat(Observable.Defer(() => admission.Peer.HalfOpen is null ? admission.Conclude(state, scheduler) : Observable.Empty<Emission>())));

    /// <summary>
    /// What is to be sent at once, if anything; then one emission for each ACK that was awaited. Completes when the transfer has an outcome.
    /// </summary>
    private static IObservable<Emission> SendWindows(this Admission admission, SendState state, IScheduler scheduler) => admission.Replies
        .Where(packet => state.Judge(packet, scheduler.Now))
        .Prepend(default)
        .SelectAsync(_ => state.NeedsBlocks ? admission.Content!.LoadAsync(state.Wanted.Offset, state.Wanted.Count) : default)
        .TakeWhile(load => state.Loaded(load))
        .Where(_ => state.HasEmission)
        .Select(_ => state.Emit(scheduler.Now));

    private static IObservable<Emission> Conclude(this Admission admission, SendState state, IScheduler scheduler)
    {
        var record = Observable.Return(Emission.Note(admission.Peer, state.Summarize(scheduler.Now)));
        // The client is told at once that the server cannot go on, instead of being left to its timeouts.
        return state.Outcome == Outcome.Faulted
            ? record.Prepend(Emission.Error(admission.Peer, new ErrorReport(ErrorCode.NotDefined, state.Detail!)))
            : record;
    }
}
