using System.Diagnostics;
using System.Net;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

/// <summary>What only this edge can do: choose the address it sends from, hear whose port is closed, and learn what did not fit.</summary>
[Platform("Linux")]
internal sealed class LinuxUdpPortTests
{
    private const int NewNetwork = 0x4000_0000;

    [Test]
    public void Replies_from_the_address_that_was_asked([Values("0.0.0.0", "::")] string wildcard)
    {
        using var port = Open(wildcard);
        using var client = ClientAt("127.0.0.1");
        client.SendTo([7], new IPEndPoint(IPAddress.Parse("127.0.0.3"), port.LocalEndpoints[0].Port));
        port.Receive(Patience, awaited: 0);
        port.Send(Emission.Error(PeerOf(port.Arrival(0).Flow), new ErrorReport(ErrorCode.FileNotFound, "x")));
        port.Flush();
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        client.ReceiveFrom(new byte[100], ref from);
        Assert.That(from.ToString(), Is.EqualTo($"127.0.0.3:{port.LocalEndpoints[0].Port}"));
    }

    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    [TestCase("::")]
    public void Tells_of_a_peer_that_has_closed_its_port(string address)
    {
        using var port = Open(address);
        Flow flow;
        using (var client = ClientAt(address == "::" ? "127.0.0.1" : address))
        {
            client.SendTo([7], new IPEndPoint(address == "::" ? IPAddress.Loopback : IPAddress.Parse(address), port.LocalEndpoints[0].Port));
            port.Receive(Patience, awaited: 0);
            flow = port.Arrival(0).Flow;
        }

        port.Send(Emission.Error(PeerOf(flow), new ErrorReport(ErrorCode.NotDefined, "gone?")));
        port.Flush();
        Assert.That(port.Receive(Patience, awaited: 0), Is.EqualTo(1));
        Assert.That((port.Arrival(0).IsUnreachable, port.Arrival(0).Flow), Is.EqualTo((true, flow)));
    }

    [Test]
    public void Tells_of_a_closed_port_though_the_next_datagram_of_the_batch_has_met_its_error()
    {
        using var port = Open("127.0.0.1");
        using var open = ClientAt("127.0.0.1");
        open.SendTo([7], Of(port));
        port.Receive(Patience, awaited: 0);
        var living = port.Arrival(0).Flow;
        Flow closed;
        using (var client = ClientAt("127.0.0.1"))
        {
            client.SendTo([7], Of(port));
            port.Receive(Patience, awaited: 0);
            closed = port.Arrival(0).Flow;
        }

        port.Send(Emission.Error(PeerOf(closed), new ErrorReport(ErrorCode.NotDefined, "gone?")));
        port.Send(Emission.Error(PeerOf(living), new ErrorReport(ErrorCode.NotDefined, "here?")));
        port.Flush();
        Assert.That(open.Receive(new byte[100]), Is.Positive);
        Assert.That(port.Receive(Patience, awaited: 0), Is.EqualTo(1));
        Assert.That((port.Arrival(0).IsUnreachable, port.Arrival(0).Flow), Is.EqualTo((true, closed)));
    }

    [Test]
    public void A_window_that_nobody_can_be_sent_leaves_the_kernel_to_cut_those_of_others()
    {
        const int blockSize = 100, blocks = 8, whole = (blockSize + PacketReader.DataOffset) * blocks;
        using var port = Open("::");
        using var client = ClientAt("127.0.0.1");
        client.SetRawSocketOption(NativeSocket.SolUdp, 104, [1, 0, 0, 0]); // UDP_GRO: what was not cut yet stays whole
        client.SendTo([7], new IPEndPoint(IPAddress.Loopback, port.LocalEndpoints[0].Port));
        port.Receive(Patience, awaited: 0);
        var flow = port.Arrival(0).Flow;
        var transfer = new Transfer(new MemoryContent(new byte[blockSize * blocks]), blockSize);

        // Asked by broadcast: no datagram can leave from that address, in one piece or in many.
        var lost = flow with { Local = flow.Local with { Low = Endpoint.IPv4(uint.MaxValue, 0).Low } };
        port.Send(Emission.Blocks(PeerOf(lost), transfer, 1, blocks, blockSize, isRepeat: false));
        port.Flush();
        Assert.That(port.UnsentDatagrams, Is.EqualTo(blocks));

        port.Send(Emission.Blocks(PeerOf(flow), transfer, 1, blocks, blockSize, isRepeat: false));
        port.Flush();
        Assert.That(client.Receive(new byte[66_000]), Is.EqualTo(whole));
    }

    /// <summary>In a network of its own, which the thread that asks for it gets alone, with a device that takes a kilobyte a second.</summary>
    [Test]
    public void A_device_that_is_full_holds_a_flush_up_for_moments_only()
    {
        var tc = ClientTool.Require("tc", "apt-get install iproute2");
        var ip = ClientTool.Require("ip", "apt-get install iproute2");
        var unsent = Task.Factory.StartNew(() =>
        {
            if (new SystemCall("unshare", 272, 97).Invoke(NewNetwork) < 0) Assert.Ignore("needs the right to a network namespace of its own");
            Run(ip, "link set lo up");
            Run(tc, "qdisc add dev lo root tbf rate 8kbit burst 2kb limit 3kb");
            using var port = Open("127.0.0.1");
            var transfer = new Transfer(new MemoryContent(new byte[8000]), 1000);
            var peer = PeerOf(new Flow(port.LocalEndpoints[0], port.LocalEndpoints[0]));
            for (var window = 0; window < 40; window++) port.Send(Emission.Blocks(peer, transfer, 1, 8, 1000, isRepeat: false));
            port.Flush();
            return port.UnsentDatagrams;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.That(() => ((IAsyncResult)unsent).AsyncWaitHandle.WaitOne(2 * Patience), "the loop would be stuck");
        Assert.That(unsent.GetAwaiter().GetResult(), Is.Positive);
    }

    [Test]
    public void Counts_what_the_kernel_had_no_room_for()
    {
        const int sent = 20_000;
        using var port = Open("127.0.0.1");
        using var client = ClientAt("127.0.0.1");
        Assert.That(port.UnreadDatagrams, Is.Zero);
        // 40 MB for a queue of at most 16.
        var datagram = new byte[2000];
        for (var number = 0; number < sent; number++) client.SendTo(datagram, Of(port));

        var lost = port.UnreadDatagrams;
        var read = 0;
        while (port.Receive(0, awaited: 0) is var count and > 0) read += count;

        Assert.That(lost, Is.Positive);
        Assert.That(read, Is.EqualTo(sent - lost));
    }

    private static void Run(string program, string arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{program} {arguments}");
    }

    private static LinuxUdpPort Open(string address) =>
        new([new IPEndPoint(IPAddress.Parse(address), 0)], PortSharing.None, TimeSpan.Zero);
}
