using System.Reactive.Linq;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Gives each admission the means to have its peer prove that it receives what is sent, for when its network's budget runs short
    /// (<see cref="ProofOfReceipt"/>). Refused ones pass as they are.
    /// </summary>
    public static IObservable<Admission> ProveReceipt(this IObservable<Admission> admissions, AmplificationBudget budget) =>
        admissions.Select(admission => admission.IsStanding && !admission.Peer.IsFree
            ? admission with { Proof = new ProofOfReceipt(admission.Peer, budget) }
            : admission);
}
