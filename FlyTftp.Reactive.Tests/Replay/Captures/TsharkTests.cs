using System.Diagnostics;
using System.Net;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

/// <summary>What is written is read by the tool that people will read it with: every header, checksum and time.</summary>
public class TsharkTests
{
    private static readonly Endpoint
        Client = Endpoint.From(IPAddress.Parse("192.0.2.1"), 50000),
        Server = Endpoint.From(IPAddress.Parse("192.0.2.2"), 69),
        Client6 = Endpoint.From(IPAddress.Parse("2001:db8::1"), 50001),
        Server6 = Endpoint.From(IPAddress.Parse("2001:db8::2"), 69);

    private static readonly CaptureTime Start = new(1_700_000_000_123_456_789);

    private string _file = "";

    [OneTimeSetUp]
    public void Write()
    {
        _file = Path.GetTempFileName();
        using var capture = new RotatingCapture(_file, null);
        Span<byte> request = stackalloc byte[Request.MaxLength];
        var length = PacketWriter.WriteRequest(
            request, Opcode.ReadRequest, new Request("pxelinux.0", "octet", new OptionSet(new TransferOption("blksize", "1408"))));
        capture.Write(Start, Client, Server, request[..length]);
        capture.Write(new CaptureTime(Start.Nanoseconds + 1), Server, Client, [0, 6, .. "blksize\0"u8, .. "1408\0"u8]);
        capture.Write(new CaptureTime(Start.Nanoseconds + 2), Client, Server, [0, 4, 0, 0]);
        for (var size = 1; size <= 9; size++) capture.Write(new CaptureTime(Start.Nanoseconds + 2 + size), Server, Client, [0, 3, 0, 1, .. new byte[size]]);
        capture.Write(new CaptureTime(Start.Nanoseconds + 20), Server, Client, [0, 3, 0, 2, .. new byte[65464]]);
        capture.Write(new CaptureTime(Start.Nanoseconds + 21), Client6, Server6, request[..length]);
        capture.Write(new CaptureTime(Start.Nanoseconds + 22), Server6, Client6, [0, 3, 0, 1, .. new byte[65464]]);
        capture.WritePortUnreachable(new CaptureTime(Start.Nanoseconds + 23), Client, Server);
        capture.WritePortUnreachable(new CaptureTime(Start.Nanoseconds + 24), Client6, Server6);
        capture.Flush();
        Assert.That(capture.Failure, Is.Null);
    }

    [OneTimeTearDown]
    public void Remove() => File.Delete(_file);

    [Test]
    public void Reads_every_packet_with_good_checksums()
    {
        // Status 1 is a good checksum; 2 is one that was not looked at. An unreachable also shows those of the quoted headers.
        var lines = Fields("-e", "ip.checksum.status", "-e", "udp.checksum.status", "-e", "icmp.checksum.status", "-e", "icmpv6.checksum.status");
        Assert.That(lines, Has.Length.EqualTo(17));
        Assert.That(lines[..13], Is.All.EqualTo("1\t1\t\t"));
        Assert.That(lines[13..15], Is.All.EqualTo("\t1\t\t"));
        Assert.That(lines[15], Does.Match("^1,1\t(1|2)?\t1\t$"));
        Assert.That(lines[16], Does.Match("^\t(1|2)?\t\t1$"));
    }

    [Test]
    public void Has_nothing_to_complain_of() =>
        Assert.That(Run("-r", _file, "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", "_ws.malformed || _ws.expert.severity >= 6291456"), Is.Empty);

    [Test]
    public void Shows_the_times_to_the_nanosecond() =>
        Assert.That(Fields("-e", "frame.time_epoch")[..3],
            Is.EqualTo(new[] { "1700000000.123456789", "1700000000.123456790", "1700000000.123456791" }));

    [Test]
    public void Understands_the_TFTP_inside()
    {
        var lines = Fields("-e", "tftp.opcode", "-e", "tftp.source_file", "-e", "tftp.option.value", "-e", "udp.length");
        Assert.That(lines[0], Is.EqualTo("1\tpxelinux.0\t1408\t40"));
        Assert.That(lines[1], Is.EqualTo("6\t\t1408\t23"));
        Assert.That(lines[12], Is.EqualTo("3\t\t\t65476"));
    }

    private string[] Fields(params string[] fields) => Run(
        ["-r", _file, "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", .. fields]);

    private static string[] Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(ClientTool.Require("tshark", "apt-get install -y tshark"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, complaints.Result);
        return output.Split('\n', StringSplitOptions.None)[..^1];
    }
}
