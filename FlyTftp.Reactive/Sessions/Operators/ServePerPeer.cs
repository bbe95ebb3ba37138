using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Groups the packets by flow and serves each group: GroupByUntil and SelectMany in one, with two rules that these cannot express. A group
    /// is opened by a request only, and it ends by its own session's end, so that the same client port can ask again at once.
    /// These two themselves were tried (docs/adr/0009): with the rules in front of them they pass all tests, but cost 110 ns and 40 bytes a
    /// datagram and 3 KB a session more, and Native AOT fails on them: "VTable of type … not computed by the IL scanner".
    /// A group does not complete: the end of <paramref name="packets"/> is silence to a session, not an answer.
    /// <code>
    /// packets  --RRQ:a--RRQ:b--ACK:a--ACK:z(stray)--ACK:b--
    /// a          +-------------ACK--|                          (the session completes)
    /// b                 +---------------------------ACK----
    /// out      --…a…----…b…-…a…-----(ignored)-------…b…----
    /// </code>
    /// The same request again, while nothing is acknowledged, is <see cref="Packet.Repeated"/> to the session. Any other request from a peer with
    /// a session ends that session (it sees <see cref="Packet.Superseded"/>) and opens the next; where the session has advanced, it has the time of an
    /// answer to advance again first, for the request may be forged and its reply would end a transfer that lives.
    /// Completes when <paramref name="packets"/> or <paramref name="drain"/> has ended or fired and the last session is over.
    /// A session that fails by a bug is reported as <see cref="Outcome.Faulted"/> and touches no other: here, and nowhere else, errors are caught.
    /// </summary>
    /// <param name="drain">From its first element on no session is opened.</param>
    /// <param name="serve">One session's query: from the packets of a peer, of which the first is the request, to emissions.</param>
    /// <param name="count">Is told how many sessions there are.</param>
    public static IObservable<Emission> ServePerPeer(
        this IObservable<PeerPacket> packets,
        SessionLimits limits,
        IObservable<Unit> drain,
        Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve,
        SessionCount count,
        IScheduler scheduler) =>
        Observable.Create<Emission>(observer => new PeerTable(limits, serve, scheduler, count, observer).Run(packets, drain));
}
