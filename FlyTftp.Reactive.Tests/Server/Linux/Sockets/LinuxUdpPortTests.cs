using System.Net;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.LinuxPorts;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.OwnNetwork;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

/// <summary>What only this edge can do: choose the address it sends from, hear whose port is closed, and learn what did not fit.</summary>
[Platform("Linux")]
internal sealed class LinuxUdpPortTests
{
    [Test]
    public void Replies_from_the_address_that_was_asked([Values("0.0.0.0", "::")] string wildcard)
    {
        using var port = Open(wildcard);
        using var client = ClientAt("127.0.0.1");
        client.SendTo(Hello, new IPEndPoint(IPAddress.Parse("127.0.0.3"), port.LocalEndpoints[0].Port));
        port.Receive(Patience);
        port.Send(Emission.Error(PeerOf(port.Arrival(0).Flow), new ErrorReport(ErrorCode.FileNotFound, "x")));
        port.Flush();
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        client.ReceiveFrom(new byte[100], ref from);
        Assert.That(from.ToString(), Is.EqualTo($"127.0.0.3:{port.LocalEndpoints[0].Port}"));
    }

    [TestCase("0.0.0.0", "127.0.0.3")]
    [TestCase("::", "127.0.0.3")]
    [TestCase("127.0.0.1", "127.0.0.1")]
    public void One_datagram_taken_alone_tells_what_one_of_many_does(string bound, string asked)
    {
        using var socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse(bound), 0), PortSharing.None);
        using var received = new ReceiveBatch();
        using var client = ClientAt("127.0.0.1");
        for (var number = 0; number < 2; number++)
        {
            client.SendTo(Hello, new IPEndPoint(IPAddress.Parse(asked), socket.Bound.Port));
            Assert.That(SpinWait.SpinUntil(() => received.Receive(socket, 0, 1) && received.Count > number, Patience));
        }

        Assert.That((received.Count, received[1].Payload.ToArray()), Is.EqualTo((2, Hello)));
        Assert.That(received[1].Flow.Local.Address.ToString(), Is.EqualTo(asked));
        Assert.That(received[1].Flow.Remote.ToIPEndPoint(), Is.EqualTo(client.LocalEndPoint));
        Assert.That(received[0].Flow, Is.EqualTo(received[1].Flow));
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
            client.SendTo(Hello, new IPEndPoint(address == "::" ? IPAddress.Loopback : IPAddress.Parse(address), port.LocalEndpoints[0].Port));
            port.Receive(Patience);
            flow = port.Arrival(0).Flow;
        }

        port.Send(Emission.Error(PeerOf(flow), new ErrorReport(ErrorCode.NotDefined, "gone?")));
        port.Flush();
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That((port.Arrival(0).IsUnreachable, port.Arrival(0).Flow), Is.EqualTo((true, flow)));
        Assert.That(PacketReader.Read(port.Arrival(0).Payload.Span).ToString(), Is.EqualTo("ERROR 0 \"gone?\""), "what the ICMP message quotes");
    }

    /// <summary>On loopback the ICMP message is there before the next message of the batch is looked at.</summary>
    [Test]
    public void Every_second_client_of_a_batch_is_gone_and_the_others_get_theirs()
    {
        const int pairs = 25;
        using var port = Open("127.0.0.1");
        var living = Enumerable.Range(0, pairs).Select(_ => ClientAt("127.0.0.1")).ToList();
        var gone = Enumerable.Range(0, pairs).Select(_ => ClientAt("127.0.0.1")).ToList();
        var local = port.LocalEndpoints[0];
        var peers = gone.Zip(living).SelectMany(pair => new[] { pair.First, pair.Second })
            .Select(client => PeerOf(new Flow(Endpoint.From((IPEndPoint)client.LocalEndPoint!), local))).ToList();
        gone.ForEach(client => client.Dispose());

        var transfer = new Transfer(new MemoryContent(new byte[400]), 100);
        foreach (var peer in peers) port.Send(Emission.Blocks(peer, transfer, 1, 4, 100, isRepeat: false));
        port.Flush();

        foreach (var client in living)
        {
            for (var block = 1; block <= 4; block++) Assert.That(client.Receive(new byte[200]), Is.EqualTo(104));
            client.Dispose();
        }

        Assert.That(port.UnsentDatagrams, Is.Zero);
        var told = 0;
        while (port.Receive(0) is var count and > 0) told += Enumerable.Range(0, count).Count(number => port.Arrival(number).IsUnreachable);
        Assert.That(told, Is.AtLeast(pairs));
    }

    /// <summary>EMSGSIZE by ICMP's "fragmentation needed", EACCES by ICMPv6's "administratively prohibited": neither is about this client.</summary>
    [TestCase("127.0.0.1", new byte[] { 3, 4, 0, 0, 0, 0, 255, 255 })]
    [TestCase("127.0.0.1", new byte[] { 3, 2, 0, 0, 0, 0, 0, 0 })]
    [TestCase("127.0.0.1", new byte[] { 12, 0, 0, 0, 0, 0, 0, 0 })]
    [TestCase("::1", new byte[] { 1, 1, 0, 0, 0, 0, 0, 0 })]
    [TestCase("::1", new byte[] { 4, 1, 0, 0, 0, 0, 0, 0 })]
    public void An_error_about_somebody_else_costs_a_client_nothing(string address, byte[] message) => Run(() =>
    {
        using var port = Open(address);
        using var client = ClientAt(address);
        var (from, to) = (port.LocalEndpoints[0], Endpoint.From(IPAddress.Parse(address), 4000));
        SendError(message, from, to);
        var peer = PeerOf(new Flow(Endpoint.From((IPEndPoint)client.LocalEndPoint!), from));
        port.Send(Emission.Blocks(peer, new Transfer(new MemoryContent(new byte[800]), 100), 1, 8, 100, isRepeat: false));
        port.Flush();
        for (var block = 1; block <= 8; block++) Assert.That(client.Receive(new byte[200]), Is.EqualTo(104));
        Assert.That(port.UnsentDatagrams, Is.Zero);
    });

    [Test]
    public void A_dead_socket_is_an_exception_and_no_endless_loop()
    {
        using var socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), PortSharing.None);
        using var nothing = File.OpenHandle("/dev/null");
        const int closeOnExec = 0x80000;
        Assert.That(new SystemCall("dup3", 292, 24).Invoke(nothing.DangerousGetHandle(), socket.Descriptor, closeOnExec), Is.EqualTo((nint)socket.Descriptor));

        using var received = new ReceiveBatch();
        Assert.That(() => received.Receive(socket, 0, 1), Throws.TypeOf<IOException>().With.Message.Contains("is dead"));
        using var sends = new SendBatch(socket);
        sends.Add(Emission.Error(PeerOf(new Flow(socket.Bound, socket.Bound)), Refusal.NotFound.Report));
        Assert.That(sends.Flush, Throws.TypeOf<IOException>().With.Message.Contains("is dead"));
    }

    [Test]
    public void Tells_of_a_closed_port_though_the_next_datagram_of_the_batch_has_met_its_error()
    {
        using var port = Open("127.0.0.1");
        using var open = ClientAt("127.0.0.1");
        open.SendTo(Hello, Of(port));
        port.Receive(Patience);
        var living = port.Arrival(0).Flow;
        Flow closed;
        using (var client = ClientAt("127.0.0.1"))
        {
            client.SendTo(Hello, Of(port));
            port.Receive(Patience);
            closed = port.Arrival(0).Flow;
        }

        port.Send(Emission.Error(PeerOf(closed), new ErrorReport(ErrorCode.NotDefined, "gone?")));
        port.Send(Emission.Error(PeerOf(living), new ErrorReport(ErrorCode.NotDefined, "here?")));
        port.Flush();
        Assert.That(open.Receive(new byte[100]), Is.Positive);
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That((port.Arrival(0).IsUnreachable, port.Arrival(0).Flow), Is.EqualTo((true, closed)));
    }

    [Test]
    public void A_window_that_nobody_can_be_sent_leaves_the_kernel_to_cut_those_of_others()
    {
        const int blockSize = 100, blocks = 8, whole = (blockSize + PacketReader.DataOffset) * blocks;
        using var port = Open("::");
        using var client = ClientAt("127.0.0.1");
        client.SetRawSocketOption(NativeSocket.SolUdp, 104, [1, 0, 0, 0]); // UDP_GRO: what was not cut yet stays whole
        client.SendTo(Hello, new IPEndPoint(IPAddress.Loopback, port.LocalEndpoints[0].Port));
        port.Receive(Patience);
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
        Run(() =>
        {
            Call(tc, "qdisc add dev lo root tbf rate 8kbit burst 2kb limit 3kb");
            using var port = Open("127.0.0.1");
            var transfer = new Transfer(new MemoryContent(new byte[8000]), 1000);
            var peer = PeerOf(new Flow(port.LocalEndpoints[0], port.LocalEndpoints[0]));
            for (var window = 0; window < 40; window++) port.Send(Emission.Blocks(peer, transfer, 1, 8, 1000, isRepeat: false));
            port.Flush();
            Assert.That(port.UnsentDatagrams, Is.Positive);
        });
    }

    [Test]
    public void Counts_what_the_kernel_had_no_room_for()
    {
        const int sent = 20_000;
        using var port = Open("127.0.0.1");
        using var client = ClientAt("127.0.0.1");
        Assert.That(port.UnreadDatagrams, Is.Zero);
        // 40 MB for a queue of at most 16.
        byte[] datagram = [0, 1, .. new byte[1998]];
        for (var number = 0; number < sent; number++) client.SendTo(datagram, Of(port));

        var lost = port.UnreadDatagrams;
        var read = 0;
        while (port.Receive(0) is var count and > 0) read += count;

        Assert.That(lost, Is.Positive);
        Assert.That(read, Is.EqualTo(sent - lost));
    }
}
