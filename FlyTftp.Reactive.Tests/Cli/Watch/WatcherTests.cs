using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Watch;

/// <summary>The real program on a terminal that <c>script</c> makes.</summary>
[Platform("Linux")]
public sealed partial class WatcherTests
{
    [TestCase("TERM")]
    [TestCase("INT")]
    public async Task Draws_on_the_alternate_screen_and_gives_the_terminal_back(string signal)
    {
        var script = ClientTool.Require("script", "apt-get install -y bsdutils");
        var root = ServedFolder.Create("flytftp-watch-");
        var start = ServerProcess.StartInfo([]);
        var program = string.Join(' ', start.ArgumentList.Prepend(start.FileName));
        // What is written right before the end can be lost by script; hence the pause.
        using var process = Process.Start(new ProcessStartInfo(script, ["-qefc", $"stty cols 100 rows 30; {program} --root {root} --listen 127.0.0.1:0 --watch true & echo server $!; wait; sleep 1", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm", ["FLYTFTP_LOG_LEVEL"] = "Info", ["NO_COLOR"] = "" },
        })!;
        try
        {
            var shown = new StringBuilder();
            await ReadUntilAsync("Ctrl-C stops the server");
            var id = ProcessId().Match(shown.ToString()).Groups[1].Value;
            var port = int.Parse(Port().Match(shown.ToString()).Groups[1].Value, CultureInfo.InvariantCulture);
            using var client = UdpClients.ClientAt("127.0.0.1");
            client.SendTo(PacketScript.Encode("RRQ \u001b[2Jnothing.efi octet"), new IPEndPoint(IPAddress.Loopback, port));
            await ReadUntilAsync("\\x1B[2Jnothing.efi\" leads out");
            using (var kill = Process.Start("kill", [$"-{signal}", id])) await kill.WaitForExitAsync();
            await ReadUntilAsync("stopped, 0 sessions cut off");
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
            var text = shown.ToString();
            var (enter, leave) = (text.IndexOf("\e[?1049h", StringComparison.Ordinal), text.LastIndexOf("\e[?1049l", StringComparison.Ordinal));
            Assert.That(enter, Is.Positive);
            Assert.That(leave, Is.GreaterThan(enter));
            Assert.That(text.LastIndexOf("\e[?25h", StringComparison.Ordinal), Is.GreaterThan(text.LastIndexOf("\e[?25l", StringComparison.Ordinal)), "the cursor is shown again");
            Assert.That(text[leave..], Does.Contain("refused").And.Contain("stopped").And.Not.Contain("\e[H"), "the log is on the terminal again");

            async Task ReadUntilAsync(string wanted)
            {
                var buffer = new char[4096];
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                while (!shown.ToString().Contains(wanted, StringComparison.Ordinal))
                {
                    var read = await process.StandardOutput.ReadAsync(buffer, deadline.Token);
                    if (read == 0) break;
                    shown.Append(buffer, 0, read);
                }

                Assert.That(shown.ToString(), Does.Contain(wanted));
            }
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            Directory.Delete(root, recursive: true);
        }
    }

    [Test]
    public void Writes_plain_log_lines_to_a_pipe()
    {
        var root = ServedFolder.Create("flytftp-watch-");
        using (var server = new ServerProcess(root, ["127.0.0.1:0"], "--watch", "true"))
        {
            server.Signal("TERM");
            Assert.That(server.WaitForExit(), Is.Zero);
            Assert.That(server.Log, Does.Contain("listening on").And.Contain("stopped").And.Not.Contain('\e'));
        }

        Directory.Delete(root, recursive: true);
    }

    [GeneratedRegex(@"server (\d+)")]
    private static partial Regex ProcessId();

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex Port();
}
