using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Ports;

internal sealed class PathMtuTests
{
    [TestCase("127.0.0.1")]
    [TestCase("127.9.9.9")]
    [TestCase("::1")]
    public void On_loopback_a_block_may_be_as_large_as_RFC_2348_has_it(string local) => Assert.That(Max(local), Is.EqualTo(65464));

    // 1500 less 20 or 40 of IP, 8 of UDP and 4 of TFTP.
    [TestCase("192.0.2.9", 1468)]
    [TestCase("2001:db8::9", 1448)]
    public void An_address_that_has_appeared_since_is_taken_for_one_on_Ethernet(string local, int expected) =>
        Assert.That(Max(local), Is.EqualTo(expected));

    [Test]
    public void An_interface_gives_what_its_mtu_leaves_room_for()
    {
        foreach (var candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            var properties = candidate.GetIPProperties();
            foreach (var address in properties.UnicastAddresses.Select(unicast => unicast.Address).Where(address => !IPAddress.IsLoopback(address)))
            {
                var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
                var mtu = isIPv4 ? properties.GetIPv4Properties().Mtu : properties.GetIPv6Properties().Mtu;
                var expected = Math.Clamp(mtu - (isIPv4 ? 32 : 52), TransferParameters.DefaultBlockSize, TransferParameters.MaxBlockSize);
                Assert.That(new PathMtu().BlockSizeMax(FlowOf(Endpoint.From(address, 69))), Is.EqualTo(expected), $"{address} on {candidate.Name}");
            }
        }
    }

    private static int Max(string local) => new PathMtu().BlockSizeMax(FlowOf(Endpoint.From(IPAddress.Parse(local), 69)));

    private static Flow FlowOf(Endpoint local) => new(local with { Port = 2000 }, local);
}
