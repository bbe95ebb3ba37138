namespace FlyTftp.Reactive.Sessions;

/// <summary>What the pipeline is fed with.</summary>
/// <param name="Payload">UDP payload; <b>valid only while it is being delivered</b>, the edge uses its buffers again.</param>
/// <param name="IsUnreachable">No payload, but the network's word that nobody listens at <c>Flow.Remote</c> (ICMP port unreachable).</param>
public readonly record struct Datagram(Flow Flow, ReadOnlyMemory<byte> Payload, bool IsUnreachable = false);
