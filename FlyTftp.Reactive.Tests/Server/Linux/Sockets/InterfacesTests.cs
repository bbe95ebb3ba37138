using System.Net.NetworkInformation;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

[Platform("Linux")]
public sealed class InterfacesTests
{
    [Test]
    public void Finds_what_the_framework_finds()
    {
        var expected = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses.Select(unicast =>
                (candidate.Name, Endpoint.From(unicast.Address, port: 0), candidate.GetIPProperties().GetIPv4Properties().Mtu)))
            .ToList();
        Assert.That(expected, Is.Not.Empty);
        Assert.That(Interfaces.Read().Select(static own => (own.Interface, own.Address, own.Mtu)), Is.EquivalentTo(expected));
    }
}
