using System.Net;
using System.Net.Sockets;
using System.Reactive.Disposables;
using System.Text;
using System.Threading.Channels;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Http;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class HttpServerTests
{
    private const int Places = 4;

    private readonly List<Exception> _faults = [];
    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _slow = new(), _allAreInside = new(), _isFollowed = new(), _isLeft = new();
    private CancellationTokenSource _stop = null!;
    private HttpServer _server = null!;
    private Task _running = null!;
    private HttpClient _client = null!;
    private bool _isDraining;
    private int _inside;
    private ProbeResult _health = new(true, "fine");

    [SetUp]
    public void Start()
    {
        _stop = new CancellationTokenSource();
        var routes = new Dictionary<string, HttpHandler>(HealthRoutes.Build(
            new SharedProbe(_ => ValueTask.FromResult(_health), HealthRoutes.ProbeIsFreshFor, HealthRoutes.ProbeTimeout, _time), () => _isDraining, () => "up 1\n"))
        {
            ["/broken"] = _ => throw new InvalidOperationException("a bug"),
            ["/slow"] = async cancellation =>
            {
                if (Interlocked.Increment(ref _inside) == Places) _allAreInside.TrySetResult();
                await _slow.Task.WaitAsync(cancellation);
                return HttpResponse.Text(200, "at last");
            },
            ["/events"] = _ => ValueTask.FromResult(new HttpResponse(200, "text/event-stream", "") { Events = Events(), OnEnd = Disposable.Create(() => _isLeft.TrySetResult()) }),
        };
        var limits = new HttpLimits { Connections = Places };
        _server = new HttpServer(HttpServer.Listen(new IPEndPoint(IPAddress.Loopback, 0), limits), routes, limits, _time, _faults.Add);
        _running = _server.RunAsync(_stop.Token);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_server.LocalEndPoint.Port}") };
    }

    [TearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        _slow.TrySetResult();
        await _stop.CancelAsync();
        await _running;
        _server.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task Answers_a_health_check()
    {
        using var response = await _client.GetAsync("/healthz");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("fine\n"));
    }

    [Test]
    public async Task Says_why_it_is_not_healthy()
    {
        _health = new(false, "the loop stalls");

        using var response = await _client.GetAsync("/healthz");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("the loop stalls\n"));
    }

    [Test]
    public async Task Is_not_ready_while_draining()
    {
        Assert.That((await _client.GetAsync("/readyz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        _isDraining = true;
        Assert.That((await _client.GetAsync("/readyz")).StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    [Test]
    public async Task Serves_metrics_under_their_content_type()
    {
        using var response = await _client.GetAsync("/metrics?name[]=up");

        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("up 1\n"));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; version=0.0.4; charset=utf-8"));
    }

    [Test]
    public async Task Answers_HEAD_with_the_same_head_and_no_body()
    {
        var answer = await AskAsync("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 OK\r\n").And.Contain("Content-Length: 5\r\n").And.EndWith("\r\n\r\n"));
    }

    [TestCase("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", "404 Not Found")]
    [TestCase("GET /healthz/ HTTP/1.1\r\nHost: a\r\n\r\n", "404 Not Found")]
    [TestCase("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "405 Method Not Allowed")]
    [TestCase("rubbish\r\n\r\n", "400 Bad Request")]
    [TestCase("GET / HTTP/3.0\r\n\r\n", "505 HTTP Version Not Supported")]
    public async Task Says_what_is_wrong(string request, string status) =>
        Assert.That(await AskAsync(request), Does.StartWith($"HTTP/1.1 {status}\r\n").And.Contain("Connection: close\r\n"));

    [Test]
    public async Task Names_the_allowed_methods() =>
        Assert.That(await AskAsync("PUT / HTTP/1.1\r\nHost: a\r\n\r\n"), Does.Contain("Allow: GET, HEAD\r\n"));

    [Test]
    public async Task Reads_no_more_than_its_limit()
    {
        var answer = await AskAsync("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 2 * HttpRequestHead.MaxLength) + "\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 431 "));
    }

    [Test]
    public async Task Reads_a_request_that_comes_byte_by_byte()
    {
        using var socket = await ConnectAsync();
        foreach (var octet in "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()) await socket.SendAsync(new[] { octet });

        Assert.That(await ReadToEndAsync(socket), Does.StartWith("HTTP/1.1 200 OK\r\n"));
    }

    [Test]
    public async Task Closes_in_silence_on_a_client_that_only_connects()
    {
        using var socket = await ConnectAsync();
        socket.Shutdown(SocketShutdown.Send);

        Assert.That(await ReadToEndAsync(socket), Is.Empty);
    }

    [Test]
    public async Task A_handlers_bug_is_a_500_and_is_told()
    {
        using var response = await _client.GetAsync("/broken");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(_faults.ConvertAll(fault => fault.Message), Is.EqualTo(new[] { "a bug" }));
    }

    [Test]
    public async Task A_client_is_thrown_out_when_its_time_is_up()
    {
        var holders = Enumerable.Range(0, Places).Select(_ => AskAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")).ToArray();
        await _allAreInside.Task;
        _time.Advance(new HttpLimits().ConnectionTime);

        Assert.That(await Task.WhenAll(holders), Is.All.Empty);
    }

    // Time stands still: nobody is thrown out by it.
    [TestCase("", Description = "says nothing")]
    [TestCase("GET /healthz HTTP/1.1\r\n", Description = "never ends its head")]
    [TestCase("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", Description = "waits for an answer")]
    [TestCase("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", Description = "reads no answer and does not close")]
    [TestCase("GET /events HTTP/1.1\r\nHost: a\r\n\r\n", Description = "follows what it never reads")]
    public async Task Clients_that_hold_every_place_delay_nobody(string request)
    {
        var holders = await HoldAsync("127.0.0.1", 3 * Places, request);
        foreach (var address in (string[])["127.0.0.2", "127.0.0.1"])
        {
            using var other = await ConnectAsync(address);
            await other.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            Assert.That(await ReadToEndAsync(other), Does.StartWith("HTTP/1.1 200 OK\r\n"), address);
        }

        _slow.SetResult();
        foreach (var holder in holders) holder.Dispose();
    }

    [Test]
    public async Task An_event_that_nobody_takes_ends_its_connection_when_its_time_is_up()
    {
        using var viewer = await ConnectAsync();
        viewer.ReceiveBufferSize = 4096;
        await viewer.SendAsync("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await _isFollowed.Task;
        _time.Advance(new HttpLimits().ConnectionTime);

        await _isLeft.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task Whoever_holds_the_most_gives_way_and_with_him_the_oldest()
    {
        using var single = await ConnectAsync("127.0.0.2");
        var holders = await HoldAsync("127.0.0.1", Places + 2, "");
        await single.SendAsync("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());

        Assert.That(await ReadToEndAsync(single), Does.StartWith("HTTP/1.1 200 OK\r\n"), "the first of all, but only one");
        // Three places were left for six, and the answered one made room for none of the first three.
        foreach (var closed in holders[..3]) Assert.That(await ReadToEndAsync(closed), Is.Empty);
        foreach (var open in holders[3..]) Assert.That(open.Poll(0, SelectMode.SelectRead), Is.False);
        foreach (var holder in holders) holder.Dispose();
    }

    [Test]
    public async Task Finishes_the_answer_under_way_when_it_is_stopped()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        // One that was accepted later has been answered: so the slow one is inside.
        await _client.GetAsync("/readyz");

        await _stop.CancelAsync();
        _slow.SetResult();

        Assert.That(await ReadToEndAsync(socket), Does.EndWith("at last\n"));
    }

    /// <summary>One event, larger than any socket takes.</summary>
    private ChannelReader<byte[]> Events()
    {
        var events = Channel.CreateUnbounded<byte[]>();
        events.Writer.TryWrite(new byte[64 << 20]);
        _isFollowed.TrySetResult();
        return events.Reader;
    }

    private async Task<string> AskAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return await ReadToEndAsync(socket);
    }

    private async Task<List<Socket>> HoldAsync(string from, int count, string request)
    {
        var sockets = new List<Socket>();
        for (var number = 0; number < count; number++)
        {
            sockets.Add(await ConnectAsync(from));
            await sockets[^1].SendAsync(Encoding.Latin1.GetBytes(request));
        }

        return sockets;
    }

    private async Task<Socket> ConnectAsync(string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(_server.LocalEndPoint);
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        // A connection that stays open is a failure, not a hang.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (text, buffer) = (new StringBuilder(), new byte[1024]);
        while (await socket.ReceiveAsync(buffer, patience.Token) is var received and > 0) text.Append(Encoding.UTF8.GetString(buffer, 0, received));
        return text.ToString();
    }
}
