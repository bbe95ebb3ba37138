using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>An address of this machine.</summary>
/// <param name="Interface">The name of its interface.</param>
/// <param name="Address">Port 0.</param>
/// <param name="Broadcast">The broadcast address of its subnet; <c>null</c>: it has none.</param>
/// <param name="Mtu">Bytes of the largest packet on that interface.</param>
internal readonly record struct InterfaceAddress(string Interface, Endpoint Address, Endpoint? Broadcast, int Mtu);
