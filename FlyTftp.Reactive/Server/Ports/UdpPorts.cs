using System.Net;
using FlyTftp.Reactive.Server.Linux.Sockets;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>The one place that chooses between the Linux edge and the portable one.</summary>
internal static class UdpPorts
{
    /// <summary>Whether several loops can share a port here (SO_REUSEPORT that spreads flows).</summary>
    public static bool CanShare => UsesLinux;

    private static bool UsesLinux => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <exception cref="PortException">An address cannot be bound.</exception>
    public static IUdpPort Open(IReadOnlyList<IPEndPoint> endpoints, PortSharing sharing, TimeSpan busyPoll, bool hearsBroadcasts = false) =>
        UsesLinux ? new LinuxUdpPort(endpoints, sharing, busyPoll, hearsBroadcasts) : new PortableUdpPort(endpoints);
}
