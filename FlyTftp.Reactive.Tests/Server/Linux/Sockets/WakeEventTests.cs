using System.Net;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

[Platform("Linux")]
internal sealed unsafe class WakeEventTests
{
    [Test]
    public void Is_readable_from_a_signal_until_it_is_cleared()
    {
        using var wake = new WakeEvent();
        Assert.That(IsReadable(wake), Is.False);
        wake.Signal();
        wake.Signal();
        Assert.That(IsReadable(wake));
        wake.Clear();
        Assert.That(IsReadable(wake), Is.False);
        wake.Clear();
    }

    [Test]
    public void Says_why_the_system_gives_none() =>
        // No such flag: the same way out as for want of descriptors.
        Assert.That(() => new WakeEvent(flags: -1), Throws.InstanceOf<PortException>().With.Message.StartsWith("cannot create an event descriptor: "));

    [Test]
    public void A_port_that_cannot_be_bound_says_why_in_words() =>
        Assert.That(PortException.From(new IPEndPoint(IPAddress.Loopback, 69), 24).Message, Is.EqualTo("cannot bind 127.0.0.1:69: Too many open files (24)").Or.EqualTo("cannot bind 127.0.0.1:69: No file descriptors available (24)"));

    private static bool IsReadable(WakeEvent wake)
    {
        var entry = new NativeSocket.PollEntry { Descriptor = wake.Descriptor, Events = NativeSocket.PollIn };
        return NativeSocket.Poll(&entry, 1, 0) == 1;
    }
}
