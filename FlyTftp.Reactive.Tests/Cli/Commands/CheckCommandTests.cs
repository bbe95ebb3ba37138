using System.Net;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CheckCommandTests
{
    private readonly TestCommandContext _context = new();

    [Test]
    public async Task Says_ok_when_the_file_comes()
    {
        using var server = new ScriptedServer();
        var check = _context.RunAsync("check", $"{server.EndPoint}");
        await server.ServeAsync("#!ipxe");
        Assert.That(await check, Is.EqualTo(ExitCode.Ok));
        Assert.That(_context.Output, Does.Match($@"^{server.EndPoint}: ok, boot\.ipxe, 6 bytes in \d+ ms\n$"));
    }

    [Test]
    public async Task Asks_by_loopback_what_listens_everywhere()
    {
        using var server = new ScriptedServer();
        _context.Variables["FLYTFTP_LISTEN"] = $":{server.EndPoint.Port},192.0.2.1:69";
        var check = _context.RunAsync("check", "--name", "health.txt");
        Assert.That(await server.NextAsync(), Does.StartWith("RRQ \"health.txt\" octet "));
        server.SendError(ErrorCode.AccessViolation, "not served");
        Assert.That(await check, Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Is.EqualTo($"flytftp: {server.EndPoint}: health.txt: ERROR 2 not served\n"));
    }

    [Test]
    public async Task Asks_the_machine_that_Fly_wants_tested_not_the_one_it_runs_in()
    {
        using var server = new ScriptedServer();
        _context.Variables["FLYTFTP_LISTEN"] = $"fly-global-services:{server.EndPoint.Port},fly-local-6pn:{server.EndPoint.Port}";
        _context.Variables["FLY_TEST_MACHINE_IP"] = $"{server.EndPoint.Address}";
        var check = _context.RunAsync("check");
        await server.ServeAsync("#!ipxe");
        Assert.That(await check, Is.EqualTo(ExitCode.Ok), _context.Error);
    }

    [Test]
    public async Task Waits_for_a_server_that_is_only_just_coming_up()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("The system does not report ICMP errors to unconnected sockets.");
        IPEndPoint port;
        using (var before = new ScriptedServer()) port = before.EndPoint;
        var check = _context.RunAsync("check", $"{port}", "--timeout", "15");
        using var server = new ScriptedServer(port: port.Port);
        await server.ServeAsync("#!ipxe");
        Assert.That(await check, Is.EqualTo(ExitCode.Ok), _context.Error);
    }

    [Test]
    public async Task Ends_in_time_with_a_server_that_never_does()
    {
        using var server = new ScriptedServer();
        var check = _context.RunAsync("check", $"{server.EndPoint}", "--timeout", "1");
        await server.NextAsync();
        for (var block = 1; !check.IsCompleted; block++)
        {
            server.SendData(block, new string('x', 512));
            if (await server.NextAsync() == "ERROR 0 \"interrupted\"") break;
        }

        Assert.That(await check, Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Does.Match($"^flytftp: {server.EndPoint}: boot.ipxe: [0-9]+ bytes and no end within 1 s\n$"));
    }

    [Test]
    public async Task Says_that_nobody_answers_within_its_time()
    {
        using var server = new ScriptedServer();
        Assert.That(await _context.RunAsync("check", $"{server.EndPoint}", "--timeout", "1"), Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Is.EqualTo($"flytftp: {server.EndPoint}: boot.ipxe: no answer within 1 s\n"));
    }
}
