using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Holds back what would make this server an amplifier: as long as the peer is not proven, an emission beyond the free share has to be
    /// covered by the budget; if it cannot, a <see cref="Withheld"/> note stands in its place.
    /// <code>
    /// emissions  --OACK--DATA 1..4--DATA 5..8--       --DATA 1
    /// budget       free    −5600     −5600              (spent)
    /// out        --OACK--DATA 1..4--DATA 5..8--       --(withheld|)
    /// </code>
    /// What is withheld is forgotten, not queued: a session that has sent nothing yet ends with it, and the client asks again. Loopback is
    /// exempt. Otherwise ends with its source.
    /// </summary>
    public static IObservable<Emission> LimitAmplification(
        this IObservable<Emission> emissions, AmplificationBudget budget, IScheduler scheduler) =>
        emissions
            .Select(emission =>
            {
                if (emission.Peer is not { IsTrusted: false } peer || emission.Kind == EmissionKind.Note) return emission;
                var length = emission.Length;
                peer.IsWithheld = !peer.IsFree && !budget.TryCover(peer, length, scheduler.Now);
                if (peer.IsWithheld) return Emission.Note(peer, new Withheld(peer.Flow, length));
                peer.SentBytes += length;
                return emission;
            })
            .TakeUntil(static emission =>
                emission is { Kind: EmissionKind.Note, SessionNote: Withheld, Peer: { SentBytes: 0, HasAcknowledged: false } });
}
