namespace FlyTftp.Reactive.Sessions;

/// <summary>What the pipeline is fed with.</summary>
/// <param name="Payload">UDP payload; <b>valid only while it is being delivered</b>, the edge uses its buffers again.</param>
/// <param name="IsUnreachable">
/// The network's word that nobody listens at <c>Flow.Remote</c> (ICMP port unreachable). <paramref name="Payload"/> is what it quotes of the datagram
/// that was sent there, without headers: the beginning, or nothing.
/// </param>
/// <param name="IsBroadcast">It came to an address that no reply can leave from: a broadcast or a multicast.</param>
public readonly record struct Datagram(Flow Flow, ReadOnlyMemory<byte> Payload, bool IsUnreachable = false, bool IsBroadcast = false);
