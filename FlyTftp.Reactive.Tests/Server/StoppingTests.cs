using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server;

/// <summary>The program as a process whose standard output nobody reads any more: a stopped terminal, a pipe that is full.</summary>
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed partial class StoppingTests : IDisposable
{
    /// <summary>Refused requests whose lines fill more than a pipe's 64 KiB.</summary>
    private const int Flood = 600;

    private readonly string _root = ServedFolder.Create("flytftp-stopping-");
    private readonly Socket _client = UdpClients.ClientAt("127.0.0.1");
    private readonly byte[] _buffer = new byte[2000];
    private Process? _server;
    private IPEndPoint _port = null!;

    public StoppingTests() => File.WriteAllBytes(Path.Combine(_root, "two.img"), TestStore.Pattern(600));

    public void Dispose()
    {
        if (_server is { HasExited: false }) _server.Kill();
        _server?.Dispose();
        _client.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public void Serves_on_and_stops_in_order_though_nobody_reads_its_log()
    {
        Start("--drain", "0");
        FillThePipe();
        Signal("TERM");
        Assert.That(_server!.WaitForExit(TimeSpan.FromSeconds(30)), "It has not stopped.");
        Assert.That(_server.ExitCode, Is.Zero);
    }

    [Test]
    public void A_second_signal_ends_it_though_nobody_reads_its_log()
    {
        Start("--drain", "3600");
        FillThePipe();
        Assert.That(Ask("RRQ two.img octet"), Is.EqualTo("DATA 1"));
        var patience = Stopwatch.StartNew();
        do Signal("TERM");
        while (!_server!.WaitForExit(500) && patience.Elapsed < TimeSpan.FromSeconds(30));
        Assert.That(_server.HasExited, "It has not stopped.");
        Assert.That(_server.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public void A_closed_terminal_does_not_end_a_server()
    {
        Start("--drain", "0");
        Signal("HUP");
        Assert.That(Ask("RRQ nothing.img octet"), Does.StartWith("ERROR 1"));
        Signal("TERM");
        Assert.That(_server!.WaitForExit(TimeSpan.FromSeconds(30)), "It has not stopped.");
        Assert.That(_server.ExitCode, Is.Zero);
    }

    private void Start(params string[] arguments)
    {
        var start = ServerProcess.StartInfo(["--root", _root, "--listen", "127.0.0.1:0", .. arguments]);
        start.Environment["FLYTFTP_LOG_LEVEL"] = "Trace";
        _server = Process.Start(start)!;
        // Byte by byte, so that not one more is taken out of the pipe.
        var read = new StringBuilder();
        while (ListeningLine().Match(read.ToString()) is var match)
        {
            if (match.Success)
            {
                _port = new IPEndPoint(IPAddress.Loopback, int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
                return;
            }

            var next = _server.StandardOutput.BaseStream.ReadByte();
            Assert.That(next, Is.GreaterThanOrEqualTo(0), read.ToString());
            read.Append((char)next);
        }
    }

    private void FillThePipe()
    {
        for (var number = 0; number < Flood; number++) Assert.That(Ask($"RRQ nothing-{number}.img octet"), Does.StartWith("ERROR 1"));
    }

    private string Ask(string packet)
    {
        _client.SendTo(PacketScript.Encode(packet), _port);
        return PacketReader.Read(_buffer.AsSpan(0, _client.Receive(_buffer))).ToString();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _server!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    [GeneratedRegex(@"listening on .*:(\d+)\n")]
    private static partial Regex ListeningLine();
}
