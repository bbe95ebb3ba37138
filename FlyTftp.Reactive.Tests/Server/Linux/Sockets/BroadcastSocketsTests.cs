using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.LinuxPorts;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.OwnNetwork;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

/// <summary>What comes to everybody: known for what it is, and answered from an address of this machine.</summary>
[Platform("Linux")]
internal sealed class BroadcastSocketsTests
{
    /// <summary>127.255.255.255 is the broadcast address of the loopback interface.</summary>
    [TestCase("0.0.0.0")]
    [TestCase("::")]
    [TestCase("127.255.255.255")]
    public void A_broadcast_is_known_for_what_it_is_and_comes_with_an_address_to_answer_from(string address)
    {
        using var port = Open(address);
        using var client = ClientAt("127.0.0.1");
        client.EnableBroadcast = true;
        client.SendTo(Hello, new IPEndPoint(IPAddress.Parse("127.255.255.255"), port.LocalEndpoints[0].Port));
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That((port.Arrival(0).IsBroadcast, port.Arrival(0).Flow.Local.Address.ToString()), Is.EqualTo((true, "127.0.0.1")));

        port.Send(Emission.Error(PeerOf(port.Arrival(0).Flow), new ErrorReport(ErrorCode.NotDefined, "x")));
        port.Flush();
        Assert.That((client.Receive(new byte[100]), port.UnsentDatagrams), Is.EqualTo((6, 0)));

        if (address == "127.255.255.255") return;
        client.SendTo(Hello, new IPEndPoint(IPAddress.Loopback, port.LocalEndpoints[0].Port));
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That((port.Arrival(0).IsBroadcast, port.Arrival(0).Flow.Local.Address.ToString()), Is.EqualTo((false, "127.0.0.1")));
    }

    /// <summary>The ACKs that follow come to the address's own socket: the request has to belong to it too, or it would be another session's.</summary>
    [TestCase("192.0.2.1", "255.255.255.255")]
    [TestCase("192.0.2.1", "192.0.2.255")]
    [TestCase("192.0.2.1", "224.0.0.1")]
    [TestCase("192.0.2.2", "255.255.255.255")]
    [TestCase("2001:db8::1", "ff02::1%net0")]
    public void A_broadcast_to_a_single_address_is_heard_on_its_interface_only_and_answered_from_it(string own, string all) => Run(() =>
    {
        Call("ip", "link add name net0 type veth peer name net1");
        Call("ip", "link add name net2 type veth peer name net3");
        foreach (var name in new[] { "net0", "net1", "net2", "net3" }) Call("ip", $"link set {name} up");
        Call("ip", "address add 192.0.2.1/24 broadcast + dev net0");
        Call("ip", "address add 192.0.2.2/24 broadcast + dev net0");
        Call("ip", "address add 198.51.100.1/24 broadcast + dev net2");
        Call("ip", "address add 2001:db8::1/64 dev net0 nodad");
        using var port = new LinuxUdpPort([new IPEndPoint(IPAddress.Parse(own), 6969)], PortSharing.None, TimeSpan.Zero, hearsBroadcasts: true);
        Assert.That(port.HearsBroadcasts);
        using var client = ClientAt(own);
        client.EnableBroadcast = true;
        var address = IPAddress.Parse(all);
        if (!all.Contains(':')) client.SetRawSocketOption(NativeSocket.SolSocket, NativeSocket.SoBindToDevice, "net0"u8);
        else client.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, (int)address.ScopeId);
        client.SendTo(Hello, new IPEndPoint(address, 6969));
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        var heard = port.Arrival(0);
        Assert.That((heard.IsBroadcast, heard.Flow.Local), Is.EqualTo((true, port.LocalEndpoints[0])));
        Assert.That(heard.Flow.Remote.Port, Is.EqualTo(((IPEndPoint)client.LocalEndPoint!).Port));

        using var other = ClientAt("198.51.100.1");
        other.EnableBroadcast = true;
        other.SendTo(Hello, new IPEndPoint(IPAddress.Parse("198.51.100.255"), 6969));
        Assert.That(port.Receive(200), Is.Zero, "another interface's");
    });

    [Test]
    public void Two_single_addresses_of_one_interface_hear_a_broadcast_once() => Run(() =>
    {
        Call("ip", "link add name net0 type veth peer name net1");
        foreach (var name in new[] { "net0", "net1" }) Call("ip", $"link set {name} up");
        Call("ip", "address add 192.0.2.1/24 broadcast + dev net0");
        Call("ip", "address add 192.0.2.2/24 broadcast + dev net0");
        IPEndPoint[] both = [new(IPAddress.Parse("192.0.2.1"), 6969), new(IPAddress.Parse("192.0.2.2"), 6969)];
        using var port = new LinuxUdpPort(both, PortSharing.None, TimeSpan.Zero, hearsBroadcasts: true);
        using var client = ClientAt("192.0.2.1");
        client.EnableBroadcast = true;
        client.SendTo(Hello, new IPEndPoint(IPAddress.Parse("192.0.2.255"), 6969));
        Assert.That(port.Receive(Patience), Is.EqualTo(1));
        Assert.That(port.Arrival(0).Flow.Local.Address.ToString(), Is.EqualTo("192.0.2.1"));
        Assert.That(port.Receive(200), Is.Zero);
    });

    [Test]
    public void A_multicast_of_IPv6_is_known_for_what_it_is_and_can_be_answered() => Run(() =>
    {
        Call("ip", "link add name net0 type veth peer name net1");
        Call("ip", "link set net1 up");
        Call("ip", "link set net0 up");
        Call("ip", "address add 2001:db8::7/64 dev net0 nodad");
        using var port = Open("::");
        using var client = ClientAt("2001:db8::7");
        // Every host of IPv6 belongs to this group.
        var everybody = IPAddress.Parse("ff02::1%net0");
        client.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, (int)everybody.ScopeId);
        client.ReceiveTimeout = 500;
        // A cable that has just been plugged in loses some.
        for (var attempt = 0; attempt < 10; attempt++)
        {
            client.SendTo(Hello, new IPEndPoint(everybody, port.LocalEndpoints[0].Port));
            if (port.Receive(500) == 0) continue;
            Assert.That(port.Arrival(0).IsBroadcast);
            port.Send(Emission.Error(PeerOf(port.Arrival(0).Flow), new ErrorReport(ErrorCode.NotDefined, "x")));
            port.Flush();
            if (client.Poll(500_000, SelectMode.SelectRead)) break;
        }

        Assert.That(client.Receive(new byte[100]), Is.EqualTo(6));
    });
}
