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
}
