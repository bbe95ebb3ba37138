using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

/// <summary>The real program, with real sockets, killed.</summary>
public class RecordCommandTests
{
    [TestCase]
    [TestCase("--max-bytes", "1000000")]
    public async Task A_recording_is_complete_after_a_kill_and_tshark_reads_it(params string[] bound)
    {
        var tshark = ClientTool.Require("tshark", "apt-get install -y tshark");
        var folder = ServedFolder.Create("flytftp-record-");
        try
        {
            var file = Path.Combine(folder, "boot.pcapng");
            File.WriteAllText(Path.Combine(folder, "hello.txt"), "hello");
            var port = FreePort();
            using (var server = Process.Start(ServerProcess.StartInfo(["record", "--out", file, "--root", folder, "--listen", $"127.0.0.1:{port}", .. bound]))!)
            {
                try
                {
                    await FetchAsync(port);
                    await UntilAsync(() => Count(file) == 3);
                }
                finally
                {
                    server.Kill();
                    await server.WaitForExitAsync();
                }
            }

            using var reader = Start(tshark, "-r", file, "-d", $"udp.port=={port},tftp", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-e", "tftp.opcode", "-e", "udp.checksum.status");
            var complaints = reader.StandardError.ReadToEndAsync();
            var lines = await reader.StandardOutput.ReadToEndAsync();
            await reader.WaitForExitAsync();
            Assert.That((reader.ExitCode, lines), Is.EqualTo((0, "1\t1\n3\t1\n4\t1\n")), await complaints);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task A_bounded_recording_keeps_the_rights_to_begin_new_files_and_says_so()
    {
        var (file, context) = (Path.GetTempFileName(), new TestCommandContext());
        Assert.That(await context.RunAsync("record", "--out", file, "--max-bytes", "1000000"), Is.EqualTo(ExitCode.Ok));
        Assert.That(context.Served?.Hardening, Is.EqualTo(HardeningMode.Off));
        Assert.That(context.Error, Is.EqualTo("flytftp: the server keeps its rights, since --max-bytes has it begin new files\n"));
        File.Delete(file);
    }

    [Test]
    public async Task A_bounded_recording_cannot_do_without_them()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("record", "--out", file, "--max-bytes", "1000000", "--hardening", "require"), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Is.EqualTo("flytftp: --max-bytes: not allowed with --hardening require: new files have to be begun\n"));
        Assert.That((context.Served, File.Exists(file)), Is.EqualTo(((ServerOptions?)null, false)));
    }

    [TestCase("auto", HardeningMode.Auto)]
    [TestCase("require", HardeningMode.Require)]
    public async Task An_unbounded_recording_gives_them_up(string asked, HardeningMode mode)
    {
        var (file, context) = (Path.GetTempFileName(), new TestCommandContext());
        Assert.That(await context.RunAsync("record", "--out", file, "--hardening", asked), Is.EqualTo(ExitCode.Ok));
        Assert.That((context.Served?.Hardening, context.Error), Is.EqualTo(((HardeningMode?)mode, "")));
        File.Delete(file);
    }

    [TestCase("-", "the log goes there: name a file or a FIFO")]
    [TestCase("/dev/stdout", "the log goes there: name a file or a FIFO")]
    [TestCase("/", "is a directory: name a file in it")]
    public async Task Nothing_is_served_when_it_cannot_be_recorded_there(string file, string expected)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("record", "--out", file), Is.EqualTo(ExitCode.BadArguments));
        Assert.That((context.Error, context.Served), Is.EqualTo(($"flytftp: --out {file}: {expected}\n", (ServerOptions?)null)));
    }

    [Test]
    public async Task A_bounded_recording_takes_no_device_and_moves_no_capture_over_one()
    {
        var folder = Directory.CreateTempSubdirectory("flytftp-").FullName;
        try
        {
            var (file, context) = (Path.Combine(folder, "boot.pcapng"), new TestCommandContext());
            var device = SpecialFiles.NullDevice(file + ".1");
            Assert.That(await context.RunAsync("record", "--out", file, "--max-bytes", "1000000"), Is.EqualTo(ExitCode.BadArguments));
            Assert.That(context.Error, Is.EqualTo($"flytftp: --out {file}: the capture that is there would become {device}, which is no regular file\n"));
            Assert.That(await context.RunAsync("record", "--out", device, "--max-bytes", "1000000"), Is.EqualTo(ExitCode.BadArguments));
            Assert.That(context.Error, Does.EndWith($"--out {device}: --max-bytes needs a file that another can take the place of\n"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("--max-bytes", "5", "--max-bytes 5: allowed are numbers from ")]
    [TestCase("--retries", "x", "--retries x: allowed are ")]
    public async Task A_bad_argument_is_one_line(string option, string value, string expected)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("record", "--out", "never-written", option, value), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Does.StartWith($"flytftp: {expected}"));
    }

    [Test]
    public async Task Without_a_file_it_says_so()
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("record"), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Is.EqualTo("flytftp: record: --out is missing: --out FILE\n"));
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Asks until the server is there, then acknowledges its one block.</summary>
    private static async Task FetchAsync(int port)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var server = new IPEndPoint(IPAddress.Loopback, port);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var buffer = new byte[1024];
        while (true)
        {
            socket.SendTo(PacketScript.Encode("RRQ hello.txt octet"), server);
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
                patience.CancelAfter(TimeSpan.FromSeconds(2));
                await socket.ReceiveFromAsync(buffer, SocketFlags.None, server, patience.Token);
                break;
            }
            catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !deadline.IsCancellationRequested))
            {
                // Not there yet.
                await Task.Yield();
            }
        }

        socket.SendTo(PacketScript.Encode("ACK 1"), server);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition()) await tick.WaitForNextTickAsync(deadline.Token);
    }

    private static int Count(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return ReadCapture.From(stream).Packets.Count;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
