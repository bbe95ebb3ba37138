using System.Globalization;
using System.Net;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.LinuxPorts;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.OwnNetwork;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

/// <summary>What the edge hears of a link with a smaller MTU, and what it makes of blocks that are to pass it.</summary>
[Platform("Linux")]
internal sealed class SmallMtuTests
{
    [TestCase("127.0.0.1", new byte[] { 3, 4, 0, 0, 0, 0, 5, 120 })]
    [TestCase("::1", new byte[] { 2, 0, 0, 0, 0, 0, 5, 120 })]
    public void Tells_of_a_link_that_takes_smaller_packets_only(string address, byte[] message) => Run(() =>
    {
        using var port = Open(address);
        var to = Endpoint.From(IPAddress.Parse(address), 4000);
        SendError(message, port.LocalEndpoints[0], to);
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That((port.Arrival(0).PathMtu, port.Arrival(0).IsUnreachable, port.Arrival(0).Flow.Remote), Is.EqualTo((1400, false, to)));
        Assert.That(port.Arrival(0).Read().ToString(), Is.EqualTo("ICMP packet too big, MTU 1400"));
    });

    /// <summary>The kernel would believe a forged message, which costs one datagram, for ten minutes, and few boot ROMs put fragments together.</summary>
    [Test]
    public void What_it_is_told_of_a_path_cuts_nothing_into_fragments_that_may_not_be() => Run(() =>
    {
        using var port = Open("127.0.0.1");
        using var client = ClientAt("127.0.0.1");
        var flow = new Flow(Endpoint.From((IPEndPoint)client.LocalEndPoint!), port.LocalEndpoints[0]);
        SendError([3, 4, 0, 0, 0, 0, 3, 232], flow.Local, flow.Remote);
        port.Receive(Patience);
        Send(PeerOf(flow));
        Assert.That(FragmentsMade(), Is.Zero);
        var peer = PeerOf(flow);
        peer.ConfirmPathMtu(isTrue: true);
        Send(peer);
        Assert.That(FragmentsMade(), Is.AtLeast(6));
        for (var block = 1; block <= 6; block++) Assert.That(client.Receive(new byte[2000]), Is.EqualTo(1432));

        void Send(Peer to)
        {
            port.Send(Emission.Blocks(to, new Transfer(new MemoryContent(new byte[5000]), 1428), 1, 3, 1428, isRepeat: false));
            port.Flush();
        }

        // The namespace's own, of the thread that asks.
        static long FragmentsMade()
        {
            var lines = File.ReadAllLines("/proc/thread-self/net/snmp").Where(line => line.StartsWith("Ip:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
            return long.Parse(lines[1][Array.IndexOf(lines[0], "FragCreates")], CultureInfo.InvariantCulture);
        }
    });
}
