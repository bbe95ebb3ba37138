using System.Diagnostics;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server;

/// <summary>The program as a process: what was asked of its rights is done, or it does not start.</summary>
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ServerRightsTests : IDisposable
{
    private readonly string _root = ServedFolder.Create("flytftp-rights-");

    public ServerRightsTests()
    {
        if (Environment.UserName != "root") Assert.Ignore("Needs root, to show what root gives up.");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [TestCase("off")]
    [TestCase("auto")]
    public void Becomes_the_user_that_was_named_whatever_the_hardening(string hardening)
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--user", "65534", "--hardening", hardening);
        foreach (var (field, expected) in new[] { ("Uid", "65534\t65534\t65534\t65534"), ("Gid", "65534\t65534\t65534\t65534"), ("CapEff", "0000000000000000"), ("CapPrm", "0000000000000000"), ("Groups", "") })
            Assert.That(OfEveryThread(server.Id, field), Is.All.EqualTo(expected), field);
    }

    [Test]
    public void Says_that_it_stays_root()
    {
        using var server = new ServerProcess(_root, ["127.0.0.1:0"], "--hardening", "off");
        Assert.That(OfEveryThread(server.Id, "Uid"), Is.All.EqualTo("0\t0\t0\t0"));
        server.WaitFor("running as root with all its rights");
    }

    [TestCase("off")]
    [TestCase("auto")]
    public void Does_not_start_when_it_may_not_become_that_user(string hardening)
    {
        var setpriv = ClientTool.Require("setpriv", "apt-get install util-linux");
        var start = ServerProcess.StartInfo(["--root", _root, "--listen", "127.0.0.1:0", "--user", "65533", "--hardening", hardening]);
        var (exitCode, errors) = Run(new ProcessStartInfo(setpriv, ["--reuid=65534", "--regid=65534", "--clear-groups", start.FileName, .. start.ArgumentList]));
        Assert.That((exitCode, errors), Is.EqualTo((1, "flytftp: --user 65533: runs as user 65534, who may not become another: start it as root, or leave --user out\n")));
    }

    [Test]
    public void Knows_the_user_also_when_it_does_not_confine_itself()
    {
        var (exitCode, errors) = Run(ServerProcess.StartInfo(["--root", _root, "--listen", "127.0.0.1:0", "--user", "nobody-of-this-name", "--hardening", "off"]));
        Assert.That((exitCode, errors), Is.EqualTo((1, "flytftp: --user nobody-of-this-name: no such user in /etc/passwd; name one that is there, or a number\n")));
    }

    [Test]
    public void A_bounded_recording_is_begun_by_the_user_who_will_go_on_with_it()
    {
        var file = Path.Combine(_root, "boot.pcapng");
        var start = ServerProcess.StartInfo(["record", "--out", file, "--max-bytes", "1M", "--root", _root, "--listen", "127.0.0.1:0", "--user", "65534"]);
        var (exitCode, errors) = Run(start);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(errors, Does.StartWith("flytftp: the server becomes 65534 and keeps that user's rights, since --max-bytes has it begin new files\n"));
        Assert.That(errors, Does.Contain($"flytftp: {file}: ").And.Contain("denied"));
        Assert.That(File.Exists(file), Is.False);
    }

    [Test]
    public void A_working_directory_that_is_gone_does_not_matter()
    {
        var gone = Path.Combine(_root, "gone");
        var script = $"mkdir \"{gone}\" && cd \"{gone}\" && rmdir \"{gone}\" && exec \"$0\" \"$@\"";
        foreach (var root in new[] { Path.Combine(_root, "none"), "content" })
        {
            var start = ServerProcess.StartInfo(["--root", root, "--listen", "127.0.0.1:0"]);
            var (exitCode, errors) = Run(new ProcessStartInfo("sh", ["-c", script, start.FileName, .. start.ArgumentList]));
            Assert.That((exitCode, errors), Is.EqualTo((1, $"flytftp: root \"{root}\" does not exist or may not be entered: create it or name another\n")));
        }
    }

    private static string[] OfEveryThread(int process, string field) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{process}/task")
            .SelectMany(static task => File.ReadAllLines(task + "/status"))
            .Where(line => line.StartsWith(field + ':', StringComparison.Ordinal))
            .Select(line => line[(field.Length + 1)..].Trim()),
    ];

    private static (int ExitCode, string Errors) Run(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
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
