using System.Net;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Ports;

/// <summary>Both edges on real sockets: they differ in what they can do, not in what they say.</summary>
[TestFixture(true)]
[TestFixture(false)]
internal sealed class UdpPortTests(bool isLinux)
{
    [SetUp]
    public void Choose()
    {
        if (isLinux && !OperatingSystem.IsLinux()) Assert.Ignore("These system calls are Linux's.");
    }

    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    public void Brings_in_a_datagram_with_both_its_ends(string address)
    {
        using var port = Open(address);
        using var client = ClientAt(address);
        client.SendTo(Hello, Of(port));
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        var arrival = port.Arrival(0);
        Assert.That(arrival.Payload.ToArray(), Is.EqualTo(Hello));
        Assert.That(arrival.Flow, Is.EqualTo(new Flow(Endpoint.From((IPEndPoint)client.LocalEndPoint!), port.LocalEndpoints[0])));
    }

    [Test]
    public void A_wildcard_tells_which_address_was_asked([Values("0.0.0.0", "::")] string wildcard, [Values("127.0.0.1", "127.0.0.2")] string asked)
    {
        using var port = Open(wildcard);
        using var client = ClientAt("127.0.0.1");
        client.SendTo(Hello, new IPEndPoint(IPAddress.Parse(asked), port.LocalEndpoints[0].Port));
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That(port.Arrival(0).Flow.Local.ToString(), Is.EqualTo($"{asked}:{port.LocalEndpoints[0].Port}"));
    }

    [TestCase("127.0.0.1", 1428, 64)]
    [TestCase("127.0.0.1", 512, 1)]
    [TestCase("127.0.0.1", 8, 200)]
    [TestCase("127.0.0.1", 65464, 2)]
    [TestCase("::1", 1428, 64)]
    [TestCase("::", 1428, 16)]
    public void Sends_a_window_as_so_many_datagrams(string address, int blockSize, int count)
    {
        using var port = Open(address);
        using var client = ClientAt(address == "::" ? "127.0.0.1" : address);
        client.SendTo(Hello, new IPEndPoint(address == "::" ? IPAddress.Loopback : IPAddress.Parse(address), port.LocalEndpoints[0].Port));
        port.Receive(Patience);

        var bytes = TestStore.Pattern(blockSize * count - 3);
        using var content = new MemoryContent(bytes);
        port.Send(Emission.Blocks(PeerOf(port.Arrival(0).Flow), new Transfer(content, blockSize), 1, count, blockSize - 3, isRepeat: false));
        port.Flush();

        var received = new byte[66_000];
        for (var block = 1; block <= count; block++)
        {
            var length = client.Receive(received);
            Assert.That(PacketReader.Read(received.AsSpan(0, length)).ToString(), Is.EqualTo($"DATA {block}"));
            var expected = bytes.AsSpan((block - 1) * blockSize, block == count ? blockSize - 3 : blockSize);
            Assert.That(received.AsSpan(PacketReader.DataOffset, length - PacketReader.DataOffset).SequenceEqual(expected));
        }

        Assert.That(port.UnsentDatagrams, Is.Zero);
    }

    [Test]
    public void A_batch_goes_to_several_clients_and_each_gets_its_own()
    {
        using var port = Open("127.0.0.1");
        var clients = Enumerable.Range(0, 100).Select(_ => ClientAt("127.0.0.1")).ToList();
        clients.ForEach(client => client.SendTo(Hello, Of(port)));
        for (var seen = 0; seen < clients.Count;)
        {
            var count = port.Receive(Patience);
            Assert.That(count, Is.Positive);
            for (var number = 0; number < count; number++, seen++)
            {
                var flow = port.Arrival(number).Flow;
                port.Send(Emission.Error(PeerOf(flow), new ErrorReport(ErrorCode.NotDefined, $"{flow.Remote.Port}")));
            }

            port.Flush();
        }

        var buffer = new byte[100];
        foreach (var client in clients)
        {
            var length = client.Receive(buffer);
            Assert.That(PacketReader.Read(buffer.AsSpan(0, length)).ErrorReport.Message, Is.EqualTo($"{((IPEndPoint)client.LocalEndPoint!).Port}"));
            client.Dispose();
        }
    }

    [Test]
    public void A_datagram_that_is_too_long_is_cut_and_hides_no_other()
    {
        using var port = Open("127.0.0.1");
        using var client = ClientAt("127.0.0.1");
        client.SendTo([0, 1, .. new byte[9000]], Of(port));
        client.SendTo([0, 4, 0, 1], Of(port));
        var seen = new List<PacketKind>();
        while (!seen.Contains(PacketKind.Acknowledgment))
        {
            var count = port.Receive(Patience);
            for (var number = 0; number < count; number++) seen.Add(PacketReader.Read(port.Arrival(number).Payload.Span).Kind);
        }

        Assert.That(seen, Is.SubsetOf(new[] { PacketKind.Malformed, PacketKind.ReadRequest, PacketKind.Acknowledgment }));
    }

    [Test]
    public void An_empty_datagram_does_not_stand_in_the_way_of_the_next()
    {
        using var port = Open("127.0.0.1");
        using var client = ClientAt("127.0.0.1");
        client.SendTo([], Of(port));
        client.SendTo(Hello, Of(port));
        var lengths = new List<int>();
        for (var turn = 0; turn < 4 && !lengths.Contains(Hello.Length); turn++)
        {
            var count = port.Receive(Patience);
            for (var number = 0; number < count; number++) lengths.Add(port.Arrival(number).Payload.Length);
        }

        Assert.That(lengths, isLinux ? Is.EqualTo([Hello.Length]) : Is.EqualTo([0, Hello.Length]));
    }

    [Test]
    public void A_flood_on_one_address_leaves_the_others_their_turn()
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        using var port = Open(loopback, loopback);
        using var client = ClientAt("127.0.0.1");
        // More than three batches for the one, a single datagram for the other.
        for (var number = 0; number < 200; number++) client.SendTo(Hello, port.LocalEndpoints[0].ToIPEndPoint());
        client.SendTo(Hello, port.LocalEndpoints[1].ToIPEndPoint());
        var listeners = new List<int>();
        for (var turn = 0; turn < 2; turn++)
        {
            var count = port.Receive(Patience);
            for (var number = 0; number < count; number++) listeners.Add(port.Arrival(number).Flow.Listener);
        }

        Assert.That(listeners, Has.Member(1).And.Member(0));
    }

    [Test]
    public void To_wake_a_closed_port_does_nothing()
    {
        var port = Open("127.0.0.1");
        port.Dispose();
        // Whatever is opened next gets the numbers that the port's descriptors had.
        var folder = Directory.CreateTempSubdirectory();
        var files = Enumerable.Range(0, 8).Select(number => File.Create(Path.Combine(folder.FullName, $"{number}"))).ToList();
        Assert.That(port.Wake, Throws.Nothing);
        Assert.That(files.Select(file => file.Length), Has.All.Zero);
        files.ForEach(file => file.Dispose());
        folder.Delete(recursive: true);
    }

    [Test]
    public void Counts_what_the_system_would_not_send()
    {
        using var port = Open("127.0.0.1");
        // Nobody has allowed this socket to broadcast.
        var broadcast = new Flow(Endpoint.IPv4(uint.MaxValue, 2000), port.LocalEndpoints[0]);
        port.Send(Emission.Error(PeerOf(broadcast), Refusal.NotFound.Report));
        port.Flush();

        Assert.That(port.UnsentDatagrams, Is.EqualTo(1));
    }

    [Test]
    public void Wakes_from_another_thread_again_and_again()
    {
        using var port = Open("127.0.0.1");
        for (var round = 0; round < 100; round++)
        {
            var waker = new Thread(port.Wake);
            waker.Start();
            Assert.That(port.Receive(Patience * 10), Is.Zero);
            waker.Join();
        }
    }

    [Test]
    public void An_address_in_use_is_one_clear_line()
    {
        using var port = Open("127.0.0.1");
        var taken = port.LocalEndpoints[0].ToIPEndPoint();
        Assert.That(() => Open(taken), Throws.TypeOf<PortException>().With.Message.StartsWith($"{taken} is in use"));
    }

    [Test]
    public void An_address_of_another_machine_is_one_clear_line() =>
        Assert.That(() => Open("192.0.2.1"), Throws.TypeOf<PortException>().With.Message.StartsWith("192.0.2.1 is no address of this machine"));

    private IUdpPort Open(string address) => Open(new IPEndPoint(IPAddress.Parse(address), 0));

    private IUdpPort Open(params IPEndPoint[] endpoints) =>
        isLinux ? new LinuxUdpPort(endpoints, PortSharing.None, TimeSpan.Zero) : new PortableUdpPort(endpoints);
}
