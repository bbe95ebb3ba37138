using System.Net;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

internal static class LinuxPorts
{
    /// <summary>One that nobody shares and that does not poll, on a port of the system's choice.</summary>
    public static LinuxUdpPort Open(string address) => new([new IPEndPoint(IPAddress.Parse(address), 0)], PortSharing.None, TimeSpan.Zero);
}
