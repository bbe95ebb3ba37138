using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What the pipeline is fed with.</summary>
/// <param name="Payload">UDP payload; <b>valid only while it is being delivered</b>, the edge uses its buffers again.</param>
/// <param name="IsUnreachable">
/// The network's word that nobody listens at <c>Flow.Remote</c> (ICMP port unreachable). <paramref name="Payload"/> is what it quotes of the datagram
/// that was sent there, without headers: the beginning, or nothing.
/// </param>
/// <param name="PathMtu">
/// The network's word on how large a packet may be, headers included, to arrive at <c>Flow.Remote</c> (ICMP fragmentation needed, packet too big);
/// <paramref name="Payload"/> is a quote then too. 0: it is something else.
/// </param>
/// <param name="IsBroadcast">It came to an address that no reply can leave from: a broadcast or a multicast.</param>
public readonly record struct Datagram(Flow Flow, ReadOnlyMemory<byte> Payload, bool IsUnreachable = false, bool IsBroadcast = false, int PathMtu = 0)
{
    /// <summary>It is from the network and not from the peer: the payload is a quote.</summary>
    public bool IsIcmp => IsUnreachable || PathMtu > 0;

    /// <summary>What it turns out to be; see <see cref="PacketReader"/>.</summary>
    public Packet Read() => IsUnreachable ? PacketReader.ReadUnreachable(Payload.Span)
        : PathMtu > 0 ? PacketReader.ReadTooBig(Payload.Span, PathMtu)
        : PacketReader.Read(Payload.Span);
}
