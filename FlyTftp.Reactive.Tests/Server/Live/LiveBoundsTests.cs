using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Live;

/// <summary>What strangers and slow viewers can do to the live page of the real program.</summary>
[Platform("Linux")]
public sealed partial class LiveBoundsTests
{
    private const int Forged = 2_000, SlowReaders = 32;

    private string _root = "";
    private ServerProcess _server = null!;
    private HttpClient _http = null!;
    private IPEndPoint _endpoint = null!;

    [SetUp]
    public void Start()
    {
        _root = ServedFolder.Create("flytftp-bounds-");
        File.WriteAllText(Path.Combine(_root, "menu.ipxe"), "#!ipxe\n");
        _server = new ServerProcess(_root, ["127.0.0.1:0"], "--http", "127.0.0.1:0", "--page");
        _endpoint = new IPEndPoint(IPAddress.Loopback, int.Parse(Port().Match(_server.WaitFor("health and metrics")).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        // Longer than a hang may take that would be a fault.
        _http = new HttpClient { BaseAddress = new Uri($"http://{_endpoint}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    [TearDown]
    public void Stop()
    {
        _http.Dispose();
        _server.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public async Task Forged_requests_push_no_boot_out_that_was_one()
    {
        using (var client = UdpClients.ClientAt("127.0.0.2"))
        {
            client.Connect(new IPEndPoint(IPAddress.Loopback, _server.Ports[0]));
            client.Send(PacketScript.Encode("RRQ menu.ipxe octet"));
            client.Receive(new byte[600]);
            client.Send(PacketScript.Encode("ACK 1"));
        }

        var request = PacketScript.Encode("RRQ nothing.efi octet");
        for (var number = 0; number < Forged; number++)
        {
            using var forger = UdpClients.ClientAt($"127.{1 + number / 250}.{number % 250}.1");
            forger.SendTo(request, new IPEndPoint(IPAddress.Loopback, _server.Ports[0]));
        }

        var last = $"127.{1 + (Forged - 1) / 250}.{(Forged - 1) % 250}.1";
        JsonElement[] boots;
        for (var deadline = Environment.TickCount64 + 30_000; ;)
        {
            boots = JsonSerializer.Deserialize<JsonElement[]>(await _http.GetStringAsync("api/boots"))!;
            if (boots.Any(boot => boot.GetProperty("client").GetString() == last)) break;
            Assert.That(Environment.TickCount64, Is.LessThan(deadline), "the last forged request has not come");
            await Task.Delay(50);
        }

        Assert.That(boots.Select(static boot => boot.GetProperty("client").GetString()), Has.Member("127.0.0.2"));
        Assert.That(boots, Has.Length.EqualTo(BootHistory.UnprovenMax + 1));
        Assert.That(await _http.GetStringAsync("metrics"), Does.Contain($"flytftp_history_boots {BootHistory.UnprovenMax + 1}\n"));
    }

    [Test]
    public async Task Slow_readers_and_a_viewer_that_never_reads_leave_health_to_others()
    {
        var held = new List<Socket>();
        try
        {
            held.Add(Say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            for (var number = 0; number < SlowReaders; number++) held.Add(Say(number % 2 == 0 ? "GET /metrics HTTP/1.1\r\nHos" : "GET /page.css HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            for (var asked = 0; asked < 3; asked++) Assert.That(await _http.GetStringAsync("healthz"), Does.StartWith("downloaded"));
        }
        finally
        {
            held.ForEach(static socket => socket.Dispose());
        }
    }

    private Socket Say(string request)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        socket.Connect(_endpoint);
        socket.Send(Encoding.ASCII.GetBytes(request));
        return socket;
    }

    [GeneratedRegex(@":(\d+)$")]
    private static partial Regex Port();
}
