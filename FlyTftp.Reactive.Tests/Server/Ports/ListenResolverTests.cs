using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Server.Ports;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Ports;

internal sealed class ListenResolverTests
{
    [TestCase("0.0.0.0:69,[::]:69", ExpectedResult = "[::]:69")]
    [TestCase("[::]:69,0.0.0.0:69", ExpectedResult = "[::]:69")]
    [TestCase("192.0.2.1:69,[2001:db8::1]:69,:69", ExpectedResult = "[::]:69")]
    [TestCase("192.0.2.1:69,0.0.0.0:69,[::1]:69", ExpectedResult = "0.0.0.0:69 [::1]:69")]
    [TestCase("0.0.0.0:69,[::]:70", ExpectedResult = "0.0.0.0:69 [::]:70")]
    [TestCase("127.0.0.1:69,127.0.0.1:69", ExpectedResult = "127.0.0.1:69")]
    [TestCase("127.0.0.1:0,0.0.0.0:0", ExpectedResult = "127.0.0.1:0 0.0.0.0:0")]
    public string Leaves_out_what_another_address_includes(string listen) => string.Join(
        ' ', ListenResolver.Resolve(listen.Split(',').Select(static text => ListenAddress.TryParse(text, ServerOptions.TftpPort)!)));
}
