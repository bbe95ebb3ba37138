using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>A socket cannot be had: the one failure of a port that a user can mend, so its message says how.</summary>
public sealed class PortException(string message) : Exception(message)
{
    private const int UnprivilegedPort = 6969;
    private const int NotPermitted = 1, AccessDenied = 13, InUse = 98, NotAvailable = 99, FamilyNotSupported = 97;

    /// <param name="errno">As Linux numbers it.</param>
    internal static PortException From(IPEndPoint endpoint, int errno) => new(errno switch
    {
        NotPermitted or AccessDenied => $"permission denied to bind {endpoint}: ports below 1024 need root or the capability CAP_NET_BIND_SERVICE "
            + $"(setcap cap_net_bind_service=+ep …/flytftp); or choose another port (--listen :{AnotherPort(endpoint)})",
        InUse => $"{endpoint} is in use by another program: stop it, or choose another port (--listen :{AnotherPort(endpoint)})",
        NotAvailable => $"{endpoint.Address} is no address of this machine: name one of its own, or [::] for all (--listen [::]:{endpoint.Port})",
        FamilyNotSupported => $"this machine has no IPv{(endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4)}: listen on an address of the other kind",
        _ => $"cannot bind {endpoint}: {Marshal.GetPInvokeErrorMessage(errno)} ({errno})",
    });

    internal static PortException From(IPEndPoint endpoint, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AccessDenied => From(endpoint, AccessDenied),
        SocketError.AddressAlreadyInUse => From(endpoint, InUse),
        SocketError.AddressNotAvailable => From(endpoint, NotAvailable),
        SocketError.AddressFamilyNotSupported => From(endpoint, FamilyNotSupported),
        _ => new PortException($"cannot bind {endpoint}: {error.Message}"),
    };

    private static int AnotherPort(IPEndPoint endpoint) => endpoint.Port == UnprivilegedPort ? UnprivilegedPort + 1 : UnprivilegedPort;
}
