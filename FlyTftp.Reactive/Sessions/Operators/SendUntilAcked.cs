using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Sends what is in flight and waits for its ACK: Timeout and Retry are the retransmission.
    /// <code>
    /// replies  -------------ACK 8--        ----------------------
    /// out      (1..8)-------|              (1..8)---(1..8)-------… |
    ///                                            RTO      2 × RTO    given up
    /// </code>
    /// Cold. Completes with the awaited ACK, with the session's outcome otherwise; other packets neither end it nor restart its timer.
    /// </summary>
    internal static IObservable<Emission> SendUntilAcked(this IObservable<Packet> replies, SendState state, IScheduler scheduler)
    {
        var isRepeat = false;
        var awaitedAck = replies
            .Where(packet => packet.Kind == PacketKind.Acknowledgment && state.Acknowledge(packet.Block, scheduler.Now))
            .Take(1)
            .Select(static _ => default(Emission))
            .IgnoreElements();

        return Observable.Defer(() =>
            {
                var emission = isRepeat ? state.Expire(scheduler.Now) : state.Emit(scheduler.Now);
                isRepeat = true;
                if (state.Outcome is not null) return Observable.Empty<Emission>();
                var sent = emission is { } value ? Observable.Return(value) : Observable.Empty<Emission>();
                return sent.Concat(awaitedAck).Timeout(state.Due, scheduler);
            })
            .RetryWhen(static errors => errors.SelectMany(
                static error => error is TimeoutException ? Observable.Return(Unit.Default) : Observable.Throw<Unit>(error)));
    }
}
