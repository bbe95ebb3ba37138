using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>The other end of a real port under test.</summary>
internal static class UdpClients
{
    /// <summary>Milliseconds after which a test that waits has failed.</summary>
    internal const int Patience = 5000;

    /// <summary>What no edge turns away.</summary>
    internal static readonly byte[] Hello = [0, 4, 0, 7];

    internal static Socket ClientAt(string address)
    {
        var ip = IPAddress.Parse(address);
        var client = new Socket(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Patience, ReceiveBufferSize = 1 << 20 };
        client.Bind(new IPEndPoint(ip, 0));
        return client;
    }

    internal static IPEndPoint Of(IUdpPort port) => port.LocalEndpoints[0].ToIPEndPoint();

    internal static Peer PeerOf(Flow flow) => new(flow, new Request("x", "octet", OptionSet.Empty));
}
