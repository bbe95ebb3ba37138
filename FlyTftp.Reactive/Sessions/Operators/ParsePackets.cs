using System.Reactive.Linq;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Bytes become packets; what is no packet becomes a malformation. Whatever arrives, this never ends in OnError.
    /// <code>
    /// arrivals  --[00 04 00 01]--[ff]-------------|
    /// packets   --(ACK 1)--------(malformed)------|
    /// </code>
    /// Takes on the temperature of its source. The packets hold nothing of the datagram's buffer.
    /// </summary>
    public static IObservable<PeerPacket> ParsePackets(this IObservable<Datagram> arrivals) =>
        arrivals.Select(static datagram => new PeerPacket(
            datagram.Flow,
            datagram.Read(),
            datagram.IsIcmp ? 0 : datagram.Payload.Length,
            datagram.IsBroadcast));
}
