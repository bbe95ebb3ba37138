using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

public class ReplayCommandTests
{
    private TestCommandContext _context = new();

    [SetUp]
    public void Begin() => _context = new TestCommandContext();

    [Test]
    public async Task A_session_that_ends_as_then_is_one_line_and_exit_0()
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("replay", Recordings.PathOf("u-boot.pcap")), Is.EqualTo(ExitCode.Ok), context.Error);
        var lines = context.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[0], Is.EqualTo("10.77.0.100 looks like U-Boot; server 10.77.0.1"));
        Assert.That(lines[3], Is.EqualTo("       5.136   fetched \"rig/hello.txt\": 18 bytes in 2.5 ms"));
        Assert.That(lines[^3], Is.EqualTo("10.77.0.100:2527 \"rig/hello.txt\" timeout=5 tsize=18 blksize=1468: complete, as then; would grant tsize=18 blksize=1468"));
        Assert.That(lines[^1], Does.StartWith("3 sessions: 3 the same, 0 end the same, 0 differ; 456 packets, 430 of them TFTP"));
    }

    [Test]
    public async Task A_session_that_ends_otherwise_is_exit_1_with_the_first_difference()
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("replay", Recordings.PathOf("u-boot.pcap"), "--allow", ".cfg"), Is.EqualTo(ExitCode.Failed));
        Assert.That(context.Output, Does.Match("\"rig/hello.txt\".*: complete then, refused now; first difference at [0-9.]+ s: OACK timeout=5 tsize=18 blksize=1468 then, ERROR 2 \"not served\" now"));
    }

    [Test]
    public async Task Only_one_client_is_replayed_when_asked()
    {
        var context = new TestCommandContext();
        await context.RunAsync("replay", Recordings.PathOf("u-boot.pcap"), "--only", "10.77.0.100:2527");
        Assert.That(context.Output, Does.Contain("1 sessions: 1 the same"));
    }

    [Test]
    public async Task A_file_that_is_another_in_the_folder_gives_other_bytes()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            Directory.CreateDirectory(Path.Combine(root.FullName, "rig"));
            File.WriteAllText(Path.Combine(root.FullName, "rig", "hello.txt"), new string('x', 18));
            var context = new TestCommandContext();
            Assert.That(await context.RunAsync("replay", Recordings.PathOf("u-boot.pcap"), "--root", root.FullName), Is.EqualTo(ExitCode.Failed));
            Assert.That(context.Output, Does.Contain("DATA 1 (18 bytes) then, other bytes now"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Test]
    public async Task What_has_another_name_here_is_a_finding()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            Directory.CreateDirectory(Path.Combine(root.FullName, "rig"));
            File.WriteAllText(Path.Combine(root.FullName, "rig", "No-Such-File"), "x");
            var context = new TestCommandContext();
            await context.RunAsync("replay", Recordings.PathOf("u-boot.pcap"), "--root", root.FullName);
            Assert.That(context.Output, Does.Contain("finding: \"rig/no-such-file\" is not there, \"rig/No-Such-File\" is"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Test]
    public async Task What_is_not_allowed_here_is_a_finding()
    {
        var context = new TestCommandContext();
        await context.RunAsync("replay", Recordings.PathOf("u-boot.pcap"), "--allow", ".cfg");
        Assert.That(context.Output, Does.Contain("finding: \"rig/blob.bin\" has an extension that is not served here: add it to --allow"));
    }

    [TestCase("", "at byte 0: expected a pcap or pcapng capture, found nothing")]
    [TestCase("4D5A900003000000", "at byte 0: expected a pcap or pcapng capture, found the magic number 4D5A9000")]
    [TestCase("D4C3B2A1020004000000000000000000", "at byte 0: expected 24 bytes of a pcap header, but the capture ends after 16")]
    [TestCase("D4C3B2A102000400000000000000000000000400010000000000000000000000FFFFFFFFFFFFFFFF", "at byte 24: expected a packet of at most 262144 bytes, found one of 4294967295")]
    public async Task A_capture_that_cannot_be_read_is_one_line_with_the_offset_and_exit_2(string bytes, string expected)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, Convert.FromHexString(bytes));
            Assert.That(await _context.RunAsync("replay", file), Is.EqualTo(ExitCode.BadArguments));
            Assert.That(_context.Error, Does.EndWith($"{file}: {expected}\n"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task What_stands_before_the_fault_is_replayed()
    {
        var file = Path.GetTempFileName();
        try
        {
            var bytes = File.ReadAllBytes(Recordings.PathOf("u-boot.pcap"));
            File.WriteAllBytes(file, bytes[..^7]);
            Assert.That(await _context.RunAsync("replay", file), Is.EqualTo(ExitCode.BadArguments));
            Assert.That(_context.Output, Does.Contain("3 sessions"));
            Assert.That(_context.Error, Does.Match("at byte [0-9]+: expected [0-9]+ bytes of a record, but the capture ends after [0-9]+\n$"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task What_is_asked_for_on_standard_output_stands_there_alone()
    {
        Assert.That(await _context.RunAsync("replay", Recordings.PathOf("u-boot.pcap"), "--only", "10.77.0.100:2527", "--transcript", "-"), Is.EqualTo(ExitCode.Ok), _context.Error);
        Assert.That(System.Text.Encoding.UTF8.GetString(_context.File.ToArray()), Does.Contain("RRQ \"rig/hello.txt\"").And.Not.Contain("sessions:"));
        Assert.That((_context.Output, _context.Error.Contains("1 sessions: 1 the same", StringComparison.Ordinal)), Is.EqualTo(("", true)));
    }

    [Test]
    public async Task A_capture_is_not_overwritten_by_what_is_drawn_of_it([Values("--html", "--transcript")] string option)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.Copy(Recordings.PathOf("u-boot.pcap"), file, overwrite: true);
            Assert.That(await _context.RunAsync("replay", file, option, file), Is.EqualTo(ExitCode.BadArguments));
            Assert.That(_context.Error, Is.EqualTo($"flytftp: {option} {file}: is the capture itself\n"));
            Assert.That(new FileInfo(file).Length, Is.EqualTo(new FileInfo(Recordings.PathOf("u-boot.pcap")).Length));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task Two_outputs_do_not_share_standard_output()
    {
        Assert.That(await _context.RunAsync("replay", "x.pcap", "--html", "-", "--transcript", "/dev/stdout"), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(_context.Error, Is.EqualTo("flytftp: --transcript, --html: only one of them can be standard output\n"));
    }

    [TestCase("--port", "0", "--port 0: allowed are 1 to 65535")]
    [TestCase("--only", "nobody", "--only nobody: allowed are an address, and an address and a port")]
    [TestCase("--retries", "-1", "--retries -1: allowed are 0 to 255 (times)")]
    public async Task A_bad_argument_is_one_line(string option, string value, string expected)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("replay", "x.pcap", option, value), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Is.EqualTo($"flytftp: {expected}\n"));
    }
}
