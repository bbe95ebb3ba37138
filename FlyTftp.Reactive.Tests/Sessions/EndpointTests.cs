using System.Net;
using System.Net.Sockets;
using CsCheck;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class EndpointTests
{
    [TestCase("0.0.0.0")]
    [TestCase("127.0.0.1")]
    [TestCase("192.0.2.255")]
    [TestCase("255.255.255.255")]
    [TestCase("::")]
    [TestCase("::1")]
    [TestCase("2001:db8::ff00:42")]
    [TestCase("fe80::1%7")]
    [TestCase("ff02::1")]
    public void Comes_back_as_it_went(string address)
    {
        foreach (var port in new[] { 0, 69, 65535 })
        {
            var endpoint = new IPEndPoint(IPAddress.Parse(address), port);
            Assert.That(Endpoint.From(endpoint).ToIPEndPoint(), Is.EqualTo(endpoint));
            Assert.That(Endpoint.From(endpoint).ToString(), Is.EqualTo(endpoint.ToString()));
        }
    }

    [TestCase("255.255.255.255", true)]
    [TestCase("224.0.0.1", true)]
    [TestCase("239.255.255.255", true)]
    [TestCase("240.0.0.1", false)]
    [TestCase("223.255.255.255", false)]
    [TestCase("ff02::1", true)]
    [TestCase("fe80::1", false)]
    public void Knows_what_is_nobodys_address(string address, bool isBroadcast) =>
        Assert.That(Endpoint.From(IPAddress.Parse(address), 69).IsBroadcast, Is.EqualTo(isBroadcast));

    [Test]
    public void Any_address_comes_back_as_it_went() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Bool, Gen.UShort).Sample((bytes, isIPv4, port) =>
        {
            var address = new IPAddress(isIPv4 ? bytes[..4] : bytes);
            var endpoint = Endpoint.From(address, port);
            Assert.That(endpoint.ToIPEndPoint(), Is.EqualTo(new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port)));
            Assert.That(endpoint, Is.EqualTo(Endpoint.From(endpoint.ToIPEndPoint())));
            Span<byte> written = stackalloc byte[16];
            endpoint.WriteAddress(written);
            Assert.That(written.SequenceEqual(address.MapToIPv6().GetAddressBytes()));
            if (endpoint.Scope == 0) Assert.That(Endpoint.IPv6(written, port), Is.EqualTo(endpoint));
        });

    [Test]
    public void Ipv4_is_the_same_plain_and_mapped()
    {
        var plain = Endpoint.From(IPAddress.Parse("192.0.2.1"), 69);
        Assert.That(plain, Is.EqualTo(Endpoint.From(IPAddress.Parse("::ffff:192.0.2.1"), 69)));
        Assert.That(plain, Is.EqualTo(Endpoint.IPv4(0xC000_0201, 69)));
        Assert.That(plain.IsIPv4);
        Assert.That(plain.Address.AddressFamily, Is.EqualTo(AddressFamily.InterNetwork));
    }

    [TestCase("127.0.0.1", true)]
    [TestCase("127.255.255.255", true)]
    [TestCase("::ffff:127.0.0.1", true)]
    [TestCase("::1", true)]
    [TestCase("126.255.255.255", false)]
    [TestCase("128.0.0.1", false)]
    [TestCase("1.0.0.127", false)]
    [TestCase("::", false)]
    [TestCase("::2", false)]
    [TestCase("::7f00:1", false)]
    [TestCase("7f00::1", false)]
    public void Knows_what_is_loopback(string address, bool isLoopback) =>
        Assert.That(Endpoint.From(IPAddress.Parse(address), 69).IsLoopback, Is.EqualTo(isLoopback));

    [Test]
    public void Everything_in_it_tells_endpoints_apart()
    {
        var endpoint = Endpoint.From(IPAddress.Parse("fe80::1%7"), 69);
        Endpoint[] others =
        [
            endpoint with { Port = 70 }, endpoint with { Scope = 8 }, endpoint with { High = endpoint.High + 1 }, endpoint with { Low = endpoint.Low + 1 },
        ];
        Assert.That(others, Has.None.EqualTo(endpoint));
    }
}
