using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Page;
using FlyTftp.Reactive.Tests.Cli.Stories;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BootsCommandTests
{
    private readonly TestCommandContext _context = new();

    [Test]
    public async Task Lists_the_boots_with_the_newest_last()
    {
        using var server = Recorded("1 RRQ nothing.kpxe octet\n100 RRQ large octet blksize=1024\n100.1 ACK 0\n100.2 ACK 1\n100.3 ACK 2\n100.4 ACK 3");
        Assert.That(await _context.RunAsync("boots", server.Address), Is.Zero, _context.Error);
        var lines = _context.Output.TrimEnd('\n').Split('\n');
        Assert.That(lines[0], Does.StartWith("b1 ").And.Contain("192.0.2.7").And.EndWith("failed  0 files, 0 B"));
        Assert.That(lines[1..3], Is.EqualTo(new[] { "      asked for \"nothing.kpxe\": not there", "      ! \"nothing.kpxe\" is not there" }));
        Assert.That(lines[3], Does.StartWith("b2 ").And.EndWith("1 file, 3.0 kB"));
        Assert.That(server.Requests.Single(), Does.Contain($"\r\nHost: {server.Address}\r\n"));
    }

    [Test]
    public async Task Tells_one_boot_in_full()
    {
        using var server = Recorded("1 RRQ nothing.kpxe octet");
        _context.Variables["FLYTFTP_HTTP"] = server.Address;
        Assert.That(await _context.RunAsync("boots", "b1"), Is.Zero, _context.Error);
        Assert.That(_context.Output, Does.Contain("asked for \"nothing.kpxe\": not there").And.Contain("wrong:      \"nothing.kpxe\" is not there")
            .And.Contain("refused \"nothing.kpxe\" to 192.0.2.7:2070: 0 B in 0.000 s, 0 resent; file not found"));
    }

    [Test]
    public async Task Saves_a_page_that_needs_nothing_else()
    {
        using var server = Recorded("1 RRQ <script>alert(1)</script> octet");
        Assert.That(await _context.RunAsync("boots", "b1", server.Address, "--html", "-"), Is.Zero, _context.Error);
        var page = System.Text.Encoding.UTF8.GetString(_context.File.ToArray());
        Assert.That(page, Does.Contain("default-src 'none'").And.Contain("<style>").And.Contain($"href=\"http://{server.Address}/boots/b1.pcapng\""));
        Assert.That(page, Does.Not.Contain("href=\"/").And.Not.Contain("src=\"").And.Not.Contain("<script>alert"));
    }

    [Test]
    public async Task A_server_that_writes_escapes_moves_no_cursor()
    {
        using var server = new CannedWebServer(static _ => CannedWebServer.Ok("[{\"id\":\"b1\\u001b[2J\",\"client\":\"\\u202e\",\"summary\":\"a\\nb\",\"started\":1e300}]"));
        Assert.That(await _context.RunAsync("boots", server.Address), Is.Zero, _context.Error);
        Assert.That(_context.Output, Is.EqualTo("b1\\x1B[2J ?  \\u202E      0 files, 0 B\n      a\\x0Ab\n"));
    }

    [TestCase("HTTP/1.1 404 Not Found\r\n\r\nnot found\n", "that server has no live page: start it with --page")]
    [TestCase("HTTP/1.1 200 OK\r\n\r\n<html>", "what answers there is not flytftp")]
    [TestCase("HTTP/1.1 500 \r\n\r\n\u001b[2Jbad\nrest", "answered 500: \\x1B[2Jbad")]
    [TestCase("220 mail.example ESMTP\r\n", "what answers there is no web server")]
    [TestCase("", "what answers there is no web server")]
    public async Task What_is_no_live_page_is_one_line(string answer, string complaint)
    {
        using var server = new CannedWebServer(_ => answer);
        Assert.That(await _context.RunAsync("boots", server.Address), Is.EqualTo(ExitCode.Failed));
        Assert.That((_context.Error, _context.Output), Is.EqualTo(($"flytftp: {server.Address}: {complaint}\n", "")));
    }

    [Test]
    public async Task A_boot_that_is_gone_is_one_line()
    {
        using var server = Recorded("1 RRQ nothing.kpxe octet");
        Assert.That(await _context.RunAsync("boots", "b9", server.Address), Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Does.EndWith(": there is no boot b9: it may have been pushed out of the history\n"));
        Assert.That(await _context.RunAsync("boots", "b9", server.Address, "--html", "-"), Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.File.Length, Is.Zero);
    }

    [Test]
    public async Task A_port_on_which_nobody_listens_is_one_line()
    {
        string address;
        using (var server = new CannedWebServer(static _ => "")) address = server.Address;
        Assert.That(await _context.RunAsync("boots", address), Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Is.EqualTo($"flytftp: {address}: nobody listens there: is it the server's --http address?\n"));
    }

    [TestCase("flytftp: --html: name the boot: boots ID --html FILE\n", "--html", "x")]
    [TestCase("flytftp: bxx: no boot's ID, which is b and a number; see flytftp boots\n", "bxx", "localhost")]
    [TestCase("flytftp: c: one argument too many; see flytftp boots --help\n", "b1", "localhost", "c")]
    [TestCase("flytftp: a:b: allowed are HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 1 to 65535\n", "a:b")]
    public async Task A_bad_argument_is_one_line(string complaint, params string[] arguments)
    {
        Assert.That(await _context.RunAsync(["boots", .. arguments]), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(_context.Error, Is.EqualTo(complaint));
    }

    /// <summary>A server that has seen these boots, as its own routes show them.</summary>
    private static CannedWebServer Recorded(string script)
    {
        var history = new BootHistory(1 << 20);
        var server = new RecordedServer(new TestStore().Add("large", 3000)).Run(script);
        var time = new ManualTime();
        using var journal = new BootJournal(new BootLimits(), time, history.Update);
        foreach (var note in server.Notes) journal.Record(note);
        var routes = new PageRoutes(new LiveFeed(static () => ValueTask.FromResult((new JsonText(), false)), history, time), history, null);
        return new CannedWebServer(path => System.Text.Encoding.UTF8.GetString(
            (routes.Find(new HttpRequestHead("GET", path, "localhost")) is { } answer ? answer(default).AsTask().Result : HttpResponse.Text(404, "not found")).Encode(default, withBody: true)));
    }
}
