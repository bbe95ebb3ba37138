using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Holds back what would make this server an amplifier: as long as the peer is not validated, an emission beyond the free share has to
    /// be paid from the budget; if it cannot, a <see cref="Withheld"/> note stands in its place and the timer will try again.
    /// <code>
    /// emissions  --OACK--DATA 1..4--DATA 5..8--
    /// budget       free    −5600     +5600 (the ACK of block 4 has validated the peer)
    /// </code>
    /// Loopback cannot be forged from outside and is exempt. Ends with its source.
    /// </summary>
    public static IObservable<Emission> LimitAmplification(
        this IObservable<Emission> emissions, AmplificationBudget budget, IScheduler scheduler)
    {
        var charged = 0;
        return emissions.Select(emission =>
        {
            if (emission.Peer is not { } peer || peer.Flow.Remote.IsLoopback) return emission;
            if (peer.IsValidated)
            {
                if (charged > 0) budget.GiveBack(peer.Flow.Remote, charged);
                charged = 0;
                peer.IsWithheld = false;
                return emission;
            }

            var length = emission.Length;
            var owed = (int)Math.Max(0, peer.SentBytes + length - charged - AmplificationBudget.FreeFactor * peer.ReceivedBytes);
            peer.IsWithheld = owed > 0 && !budget.TryCharge(peer.Flow.Remote, owed, scheduler.Now);
            if (peer.IsWithheld) return Emission.Note(peer, new Withheld(peer.Flow, length));
            charged += owed;
            peer.SentBytes += length;
            return emission;
        });
    }
}
