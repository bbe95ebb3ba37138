using FlyTftp.Reactive.Server.Options;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Options;

public sealed class ListenAddressTests
{
    [TestCase("192.0.2.1:6969", "192.0.2.1", 6969)]
    [TestCase("192.0.2.1", "192.0.2.1", 69)]
    [TestCase("fly-global-services:69", "fly-global-services", 69)]
    [TestCase("[2001:db8::1]:70", "2001:db8::1", 70)]
    [TestCase("[::1]", "::1", 69)]
    [TestCase(":6969", "::", 6969)]
    [TestCase("6969", "::", 6969)]
    [TestCase("127.0.0.1:0", "127.0.0.1", 0)]
    public void Reads_every_form(string text, string host, int port) =>
        Assert.That(ListenAddress.TryParse(text, 69), Is.EqualTo(new ListenAddress(host, port)));

    [TestCase("")]
    [TestCase(":")]
    [TestCase("::1")]
    [TestCase("::1:69")]
    [TestCase("[::1")]
    [TestCase("[::1]69")]
    [TestCase("[::1]:")]
    [TestCase("[]:69")]
    [TestCase("[192.0.2.1]:69")]
    [TestCase("192.0.2.256:69")]
    [TestCase("192.0.2:69")]
    [TestCase("host:65536")]
    [TestCase("host:-1")]
    [TestCase("host:+1")]
    [TestCase("host:69x")]
    [TestCase("ho st:69")]
    [TestCase("host/69")]
    [TestCase("99999")]
    public void Refuses_everything_else(string text) => Assert.That(ListenAddress.TryParse(text, 69), Is.Null);

    [TestCase("[::]:69", "[::]:69", true)]
    [TestCase("0.0.0.0", "0.0.0.0:69", true)]
    [TestCase("host:1", "host:1", false)]
    public void Shows_itself_in_a_form_that_can_be_read_again(string text, string shown, bool isAny)
    {
        var address = ListenAddress.TryParse(text, 69)!;
        Assert.That((address.ToString(), address.IsAny), Is.EqualTo((shown, isAny)));
        Assert.That(ListenAddress.TryParse(address.ToString(), 0), Is.EqualTo(address));
    }
}
