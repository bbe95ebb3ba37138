using System.Net;
using System.Text;
using FlyTftp.Reactive.Replay.Dhcp;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Dhcp;

public class DhcpListenerTests
{
    private static readonly Endpoint Server = Endpoint.From(IPAddress.Parse("10.0.0.1"), 67), Proxy = Endpoint.From(IPAddress.Parse("10.0.0.5"), 4011);

    private readonly StringBuilder _told = new();
    private DhcpListener _listener = new();

    [SetUp]
    public void Begin()
    {
        _listener = new DhcpListener();
        _told.Clear();
    }

    [Test]
    public void A_lease_names_a_server_and_a_file()
    {
        Hear(Server, Message(2, 5, yours: 2, next: 9, file: "a.efi"));
        Hear(Server, Message(2, 5, yours: 2, next: 9, file: "a.efi"));
        Assert.That(_told.ToString(), Is.EqualTo("10.0.0.2: 10.0.0.1 10.0.0.9 a.efi\n"));
    }

    [Test]
    public void Options_66_and_67_go_before_the_fields()
    {
        Hear(Server, Message(2, 5, yours: 2, next: 9, file: "a.efi", [66, 8, .. "10.0.0.7"u8, 67, 5, .. "b.efi"u8]));
        Hear(Server, Message(2, 5, yours: 2, next: 0, file: "a.efi", [66, 4, .. "boot"u8]));
        Assert.That(_told.ToString(), Is.EqualTo("10.0.0.2: 10.0.0.1 10.0.0.7 b.efi\n10.0.0.2: 10.0.0.1 boot a.efi\n"));
    }

    [Test]
    public void An_offer_that_is_not_taken_says_nothing()
    {
        Hear(Server, Message(2, 2, yours: 2, next: 9, file: "a.efi"));
        Assert.That(_told.ToString(), Is.Empty);
    }

    /// <summary>It comes before the lease, and has no address.</summary>
    [Test]
    public void A_proxy_s_word_goes_to_the_machine_that_gets_the_lease()
    {
        Hear(Server with { Port = 68 }, Message(1, 1, yours: 0, next: 0, file: "", [93, 2, 0, 7]));
        Hear(Proxy, Message(2, 2, yours: 0, next: 5, file: "c.efi"));
        Hear(Server, Message(2, 5, yours: 2, next: 0, file: ""));
        Assert.That(_told.ToString(), Is.EqualTo("10.0.0.2: 10.0.0.5 10.0.0.5 c.efi proxy UEFI of x64\n"));
    }

    [TestCase("")]
    [TestCase("0201")]
    public void What_is_no_DHCP_is_passed_over(string bytes)
    {
        Hear(Server, Convert.FromHexString(bytes));
        Hear(Server, [2, .. new byte[400]]);
        Hear(Server, Message(2, 5, yours: 2, next: 9, file: "a", [66, 200, 1]));
        Assert.That(_told.ToString(), Is.Not.Null);
    }

    /// <summary>The recorded boots have it, told before what it led to.</summary>
    [Test]
    public async Task A_boot_begins_with_what_DHCP_has_said()
    {
        var context = new TestCommandContext();
        await context.RunAsync("replay", Recordings.PathOf("ipxe-bios.pcap"));
        var lines = context.Output.Split('\n');
        Assert.That(lines[0], Is.EqualTo("10.77.0.100 looks like iPXE; server 10.77.0.1"));
        Assert.That(lines[1], Does.Match("DHCP server 10\\.77\\.0\\.1 named server 10\\.77\\.0\\.1 and \"[^\"]+\""));
    }

    private void Hear(Endpoint source, byte[] message)
    {
        foreach (var said in _listener.Hear(source, message, default))
            _told.Append(System.Globalization.CultureInfo.InvariantCulture, $"{said.Client.Address}: {said.By.Address} {said.Server} {said.File}{(said.IsProxy ? " proxy" : "")}{(said.Architecture is { } name ? $" {name}" : "")}\n");
    }

    private static byte[] Message(byte kind, byte type, byte yours, byte next, string file, params byte[] options)
    {
        var bytes = new byte[240];
        (bytes[0], bytes[1], bytes[2], bytes[33]) = (kind, 1, 6, 7);
        if (yours != 0) new byte[] { 10, 0, 0, yours }.CopyTo(bytes, 16);
        if (next != 0) new byte[] { 10, 0, 0, next }.CopyTo(bytes, 20);
        Encoding.UTF8.GetBytes(file).CopyTo(bytes, 108);
        Convert.FromHexString("63825363").CopyTo(bytes, 236);
        return [.. bytes, 53, 1, type, .. options, 255];
    }
}
