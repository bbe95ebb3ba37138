using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server;

/// <summary>The program as a process: how it starts, refuses to start, and stops.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TftpServerTests : IDisposable
{
    private readonly string _root = ServedFolder.Create("flytftp-server-");
    private readonly Socket _client = UdpClients.ClientAt("127.0.0.1");
    private readonly byte[] _buffer = new byte[2000];

    public TftpServerTests() => File.WriteAllBytes(Path.Combine(_root, "two.img"), TestStore.Pattern(600));

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public void Lets_a_running_transfer_finish_and_takes_no_new_one_when_it_is_asked_to_stop([Values("TERM", "INT")] string signal)
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--drain", "20");
        Assert.That(Say(server, "RRQ two.img octet"), Is.EqualTo("DATA 1"));
        server.Signal(signal);
        Assert.That(server.WaitFor("stopping"), Does.Contain("1 running"));

        using var late = UdpClients.ClientAt("127.0.0.1");
        late.SendTo(PacketScript.Encode("RRQ two.img octet"), new IPEndPoint(IPAddress.Loopback, server.Ports[0]));
        Assert.That(Say(server, "ACK 1"), Is.EqualTo("DATA 2"));
        _client.SendTo(PacketScript.Encode("ACK 2"), new IPEndPoint(IPAddress.Loopback, server.Ports[0]));
        Assert.That(server.WaitForExit(), Is.Zero, server.Log);
        Assert.That(server.Log, Does.Contain("complete \"two.img\"").And.Contain("stopped, 0 sessions cut off"));
        Assert.That(late.Available, Is.Zero);
    }

    [Test]
    public void Cuts_off_what_has_not_finished_when_the_drain_is_over()
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--drain", "0");
        Assert.That(Say(server, "RRQ two.img octet"), Is.EqualTo("DATA 1"));
        server.Signal("TERM");
        Assert.That(server.WaitForExit(), Is.Zero, server.Log);
        Assert.That(server.Log, Does.Contain("stopped, 1 sessions cut off"));
    }

    [Test]
    public void A_second_signal_ends_it_at_once()
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--drain", "3600");
        Assert.That(Say(server, "RRQ two.img octet"), Is.EqualTo("DATA 1"));
        server.Signal("TERM");
        server.WaitFor("stopping");
        server.Signal("TERM");
        Assert.That(server.WaitForExit(), Is.EqualTo(1));
    }

    [Test]
    public void Rubbish_of_every_kind_leaves_other_sessions_alone_and_no_trace_in_the_log()
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"]);
        Assert.That(Say(server, "RRQ two.img octet"), Is.EqualTo("DATA 1"));
        using var stranger = UdpClients.ClientAt("127.0.0.1");
        foreach (var rubbish in new[] { "00", "00 02", "00 02 61", "00 02 00 00", "FF FF FF", "00 05", "00 06 61 00", "00 04 00 07", "00 03 00 01 01" })
            stranger.SendTo(PacketScript.Encode(rubbish), new IPEndPoint(IPAddress.Loopback, server.Ports[0]));
        stranger.SendTo(new byte[9000], new IPEndPoint(IPAddress.Loopback, server.Ports[0]));
        Assert.That(Say(server, "ACK 1"), Is.EqualTo("DATA 2"));
        _client.SendTo(PacketScript.Encode("ACK 2"), new IPEndPoint(IPAddress.Loopback, server.Ports[0]));
        server.WaitFor("complete \"two.img\"");
        Assert.That(stranger.Available, Is.Zero);
        Assert.That(server.Log, Does.Not.Contain("WARN").And.Not.Contain("ERROR").And.Not.Contain("Exception"));
    }

    [Test]
    public void Serves_health_and_metrics_over_http()
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--http", "127.0.0.1:0");
        var line = server.WaitFor("health and metrics");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{line[(line.LastIndexOf(' ') + 1)..]}") };
        using var health = http.Send(new HttpRequestMessage(HttpMethod.Get, "/healthz"));
        Assert.That(health.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(() => Get(http, "/metrics"), Does.Contain("flytftp_sessions_total{outcome=\"complete\"} 1").After(5000, 100));
        Assert.That(Get(http, "/readyz"), Does.StartWith("ready"));
        Assert.That(server.Log, Does.Not.Contain("two.img"), "a health check has a line in the log");
    }

    [Test]
    public void Is_healthy_though_its_smallest_file_may_not_be_served()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "away.cfg"), "/etc/hostname");
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--http", "127.0.0.1:0");
        var line = server.WaitFor("health and metrics");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{line[(line.LastIndexOf(' ') + 1)..]}") };
        Assert.That(Get(http, "/healthz"), Does.StartWith("downloaded 2 blocks"));
    }

    [Test]
    public void Is_not_healthy_when_its_root_was_deleted_and_stays_healthy_when_a_file_was()
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--http", "127.0.0.1:0");
        var line = server.WaitFor("health and metrics");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{line[(line.LastIndexOf(' ') + 1)..]}") };
        Assert.That(Get(http, "/healthz"), Does.StartWith("downloaded 2 blocks"));

        File.WriteAllBytes(Path.Combine(_root, "one.img"), [1]);
        File.Delete(Path.Combine(_root, "two.img"));
        Assert.That(() => Get(http, "/healthz"), Does.StartWith("downloaded 1 block").After(10_000, 100));

        Directory.Delete(_root, recursive: true);
        Assert.That(() => Get(http, "/healthz"), Does.StartWith("the root directory was deleted").After(10_000, 100));
        Directory.CreateDirectory(_root);
        using var health = http.Send(new HttpRequestMessage(HttpMethod.Get, "/healthz"));
        Assert.That(health.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    [Test]
    [Platform("Linux")]
    public void Runs_no_more_transfers_than_it_may_open_files()
    {
        var start = ServerProcess.StartInfo(["serve", "--root", _root, "--listen", "127.0.0.1:0"]);
        (start.FileName, string[] command) = ("sh", [start.FileName, .. start.ArgumentList]);
        start.ArgumentList.Clear();
        foreach (var argument in (string[])["-c", "ulimit -n 200; exec \"$0\" \"$@\"", .. command]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains("listening on", StringComparison.Ordinal)) lines.Add(line);
        process.Kill();
        Assert.That(lines, Has.One.Matches("the system allows 200 open files, so [1-9][0-9]* transfers at a time instead of 16384"));
    }

    [Test]
    public void A_port_in_use_is_one_line_and_exit_code_1([Values("1", "2")] string loops)
    {
        // Several loops share their port with each other, and with nobody else.
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--loops", loops);
        var (exitCode, output) = Run("--root", _root, "--listen", $"127.0.0.1:{server.Ports[0]}", "--loops", loops);
        Assert.That((exitCode, output), Is.EqualTo((1,
            $"flytftp: 127.0.0.1:{server.Ports[0]} is in use by another program: stop it, or choose another port (--listen :6969)\n")));
    }

    [Test]
    public void A_missing_root_is_one_line_and_exit_code_1()
    {
        var (exitCode, output) = Run("--root", Path.Combine(_root, "nowhere"), "--listen", "127.0.0.1:0");
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.StartWith("flytftp: root \"").And.Contains("nowhere\" does not exist"));
        Assert.That(output.Count(character => character == '\n'), Is.EqualTo(1));
    }

    [Test]
    public void A_name_without_an_address_says_what_to_do()
    {
        var (exitCode, output) = Run("--root", _root, "--listen", "fly-global-services:6969");
        Assert.That((exitCode, output), Is.EqualTo((1,
            "flytftp: no address for fly-global-services: it is in /etc/hosts of a Fly.io machine only; elsewhere listen on an address (--listen :6969)\n")));
    }

    private string Say(ServerProcess server, string packet)
    {
        _client.SendTo(PacketScript.Encode(packet), new IPEndPoint(IPAddress.Loopback, server.Ports[0]));
        return PacketReader.Read(_buffer.AsSpan(0, _client.Receive(_buffer))).ToString();
    }

    private static string Get(HttpClient http, string path)
    {
        using var response = http.Send(new HttpRequestMessage(HttpMethod.Get, path));
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    private static (int ExitCode, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(ServerProcess.StartInfo(arguments))!;
        _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill();
            Assert.Fail("it serves instead of ending");
        }

        return (process.ExitCode, errors.Result);
    }
}
