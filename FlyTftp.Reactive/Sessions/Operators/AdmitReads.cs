using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The opcode filter: a session's first packet becomes its admission. A read in a known mode stands; WRQ is refused with ERROR 2,
    /// another opcode or mode with ERROR 4 (RFC 1350 §5).
    /// <code>
    /// peer        --RRQ--ACK 1--ACK 2--
    /// admissions  --(admission|)
    /// </code>
    /// Cold over a hot peer; ends after one element.
    /// </summary>
    public static IObservable<Admission> AdmitReads(this IGroupedObservable<Peer, Packet> peer, IScheduler scheduler) =>
        peer.Take(1).Select(packet =>
        {
            var halfOpen = peer.Key.TakeHalfOpen();
            var admission = new Admission(peer.Key, peer, halfOpen?.Started ?? scheduler.Now) { HalfOpen = halfOpen };
            return packet switch
            {
                { Kind: PacketKind.WriteRequest } => admission.Refuse(Refusal.WriteRequest),
                { Kind: not PacketKind.ReadRequest } => admission.Refuse(Refusal.UnknownOpcode),
                { Request.TransferMode: TransferMode.Unknown } => admission.Refuse(Refusal.UnknownMode),
                _ => admission,
            };
        });
}
