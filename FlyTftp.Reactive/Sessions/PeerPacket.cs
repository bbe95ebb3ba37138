using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>A parsed datagram and whom it is from.</summary>
/// <param name="Length">Bytes of UDP payload it came in.</param>
/// <param name="IsBroadcast"><inheritdoc cref="Datagram" path="/param[@name='IsBroadcast']"/></param>
public readonly record struct PeerPacket(Flow Flow, Packet Packet, int Length, bool IsBroadcast = false);
