using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Server.Linux;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>A socket cannot be had: the one failure of a port that a user can mend, so its message says how.</summary>
internal sealed class PortException(string message) : Exception(message)
{
    private const int UnprivilegedPort = 6969;

    /// <param name="errno">As Linux numbers it.</param>
    internal static PortException From(IPEndPoint endpoint, int errno) => new(errno switch
    {
        Errno.NotPermitted or Errno.AccessDenied => $"permission denied to bind {endpoint}: ports below 1024 need root or the capability CAP_NET_BIND_SERVICE "
            + $"(setcap cap_net_bind_service=+ep …/flytftp); or choose another port (--listen :{AnotherPort(endpoint)})",
        Errno.AddressInUse => $"{endpoint} is in use by another program: stop it, or choose another port (--listen :{AnotherPort(endpoint)})",
        Errno.AddressNotAvailable => $"{endpoint.Address} is no address of this machine: name one of its own, or [::] for all (--listen [::]:{endpoint.Port})",
        Errno.AddressFamilyNotSupported => $"this machine has no IPv{(endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4)}: listen on an address of the other kind",
        _ => $"cannot bind {endpoint}: {Marshal.GetPInvokeErrorMessage(errno)} ({errno})",
    });

    internal static PortException From(IPEndPoint endpoint, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AccessDenied => From(endpoint, Errno.AccessDenied),
        SocketError.AddressAlreadyInUse => From(endpoint, Errno.AddressInUse),
        SocketError.AddressNotAvailable => From(endpoint, Errno.AddressNotAvailable),
        SocketError.AddressFamilyNotSupported => From(endpoint, Errno.AddressFamilyNotSupported),
        _ => new PortException($"cannot bind {endpoint}: {error.Message}"),
    };

    private static int AnotherPort(IPEndPoint endpoint) => endpoint.Port == UnprivilegedPort ? UnprivilegedPort + 1 : UnprivilegedPort;
}
