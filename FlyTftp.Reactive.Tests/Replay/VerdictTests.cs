using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay;

/// <summary>Captures that are less than perfect, and what is true of each.</summary>
public class VerdictTests
{
    /// <summary>Recordings/Imperfect/README.md says what is true of them.</summary>
    [TestCase("01-wrq.pcap", ExitCode.Failed, "\"up.cfg\": upload, complete then; this server refuses writes")]
    [TestCase("02-oneack.pcap", ExitCode.Ok, "\"boot.cfg\": complete, as then; the capture lacks 1 packet")]
    [TestCase("02-window.pcap", ExitCode.Ok, "\"a.efi\" windowsize=4: complete, as then; the capture lacks 1 packet")]
    [TestCase("03-serverdies.pcap", ExitCode.Ok, "\"boot.cfg\": the server fell silent then, the same up to there")]
    [TestCase("03-snap96.pcap", ExitCode.Ok, "\"boot.cfg\" blksize=1468: complete, as then; bytes of 4 blocks are not in the capture, and not compared")]
    [TestCase("04-frag.pcap", ExitCode.Ok, "\"boot.efi\" blksize=8192: complete, as then; would grant blksize=1468 on Ethernet")]
    [TestCase("05-port69closed.pcap", ExitCode.NothingCompared, "\"boot.cfg\": ICMP port unreachable: no TFTP server there; nothing to compare")]
    [TestCase("06-slowserver.pcap", ExitCode.Ok, "\"a.cfg\": complete, as then")]
    [TestCase("07-silentserver.pcap", ExitCode.Ok, "\"boot.cfg\": the server fell silent then, the same up to there")]
    [TestCase("08-merged.pcap", ExitCode.Ok, "\"boot.cfg\": complete, as then")]
    [TestCase("10-twoservers.pcap", ExitCode.Ok, "\"a.cfg\": refused, as then", "\"a.cfg\": complete, as then")]
    [TestCase("11-filter69.pcap", ExitCode.NothingCompared, "\"boot.cfg\": no reply was captured; nothing to compare")]
    [TestCase("13-oddtime.pcapng", ExitCode.Ok, "\"boot.cfg\": complete, as then")]
    public async Task Says_what_is_true_of(string capture, int exit, params string[] sessions)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("replay", Recordings.PathOf(Path.Combine("Imperfect", capture))), Is.EqualTo(exit), context.Output + context.Error);
        Assert.That(Sessions(context), Is.EqualTo(sessions));
    }

    private const string
        Start = "0 c > s RRQ a.cfg octet\n0.001 s:4000 > c DATA 1 512\n0.002 c > s:4000 ACK 1\n",
        Rest = "0.003 s:4000 > c DATA 2 512\n0.004 c > s:4000 ACK 2\n0.005 s:4000 > c DATA 3 10\n0.006 c > s:4000 ACK 3\n";

    // Uploads.
    [TestCase("0 c > s WRQ a octet\n1 s > c ERROR 2 no", "\"a\": upload refused, as then", TestName = "An upload that was refused")]
    [TestCase("0 c > s WRQ a octet\n1 s:4000 > c ACK 0\n2 c > s:4000 DATA 1 512\n200 c > s arp", "\"a\": upload, server-silent then; this server refuses writes", TestName = "An upload that was given up")]
    // Holes.
    [TestCase("0 c > s RRQ a.cfg octet\n0.002 c > s:4000 ACK 1\n" + Rest, "\"a.cfg\": complete, as then; the capture lacks 1 packet", TestName = "Without DATA 1")]
    [TestCase(Start + "0.003 c > s:4000 ACK 2\n0.005 s:4000 > c DATA 3 10\n0.006 c > s:4000 ACK 3", "\"a.cfg\": complete, as then; the capture lacks 1 packet", TestName = "Without a block in the middle")]
    [TestCase(Start + "0.005 s:4000 > c DATA 9 10\n0.006 c > s:4000 ACK 9", "\"a.cfg\": complete, as then; the capture lacks 14 packets", TestName = "Without a run of packets")]
    [TestCase(Start + "0.005 s:4000 > c DATA 3 512\n1 s:4000 > c DATA 4 512\n1.1 c > s:4000 ACK 4\n1.2 c > s:4000 ACK 5\n200 c > s arp", "\"a.cfg\": its end is not in the capture, the same up to there; the capture lacks 4 packets", TestName = "Without the last block")]
    [TestCase("0 c > s RRQ a octet blksize=1024 tsize=0\n0.1 c > s:4000 ACK 0\n0.2 s:4000 > c DATA 1 1024\n0.3 c > s:4000 ACK 1\n0.4 s:4000 > c DATA 2 5\n0.5 c > s:4000 ACK 2", "\"a\" blksize=1024: complete, as then; the capture lacks 1 packet; would grant blksize=1024 tsize=1029", TestName = "Without the OACK")]
    [TestCase("0 c > s RRQ a octet blksize=1024\n0.2 s:4000 > c DATA 1 1024\n0.3 c > s:4000 ACK 1\n0.4 s:4000 > c DATA 2 5\n0.5 c > s:4000 ACK 2", "\"a\" blksize=1024: complete, as then; the capture lacks 2 packets", TestName = "Without the OACK and its ACK")]
    [TestCase("0 c > s RRQ a.cfg octet\n0.001 s:4000 > c DATA 1 512\n0.002 s:4000 > c DATA 2 10\n0.002 c > s:4000 ACK 1\n0.003 c > s:4000 ACK 2", "\"a.cfg\": complete, as then", TestName = "An ACK that was captured too late")]
    [TestCase("0 c > s RRQ a octet windowsize=4\n0.1 s:4000 > c OACK windowsize=4\n0.2 c > s:4000 ACK 0\n0.3 s:4000 > c DATA 1 512\n0.3 s:4000 > c DATA 3 512\n0.3 s:4000 > c DATA 2 512\n0.3 s:4000 > c DATA 4 9\n0.4 c > s:4000 ACK 4", "\"a\" windowsize=4: complete, as then", TestName = "Blocks out of order")]
    // Bytes that are not in the capture.
    [TestCase(Start + "0.003 s:4000 > c DATA 2 512/40\n0.004 c > s:4000 ACK 2\n0.005 s:4000 > c DATA 3 10\n0.006 c > s:4000 ACK 3", "\"a.cfg\": complete, as then; bytes of 1 block are not in the capture, and not compared", TestName = "A block that is cut off")]
    [TestCase(Start, "\"a.cfg\": unfinished when the capture ended, the same up to there", TestName = "A capture that was stopped")]
    // The network's own words.
    [TestCase(Start + "0.5 s > c:2000 arp\n1 10.0.0.254:4000 > s:4000 icmp 3 1", "\"a.cfg\": unfinished when the capture ended, the same up to there", TestName = "ICMP about a packet of nobody")]
    [TestCase("0 c > s RRQ a octet\n1 s > c icmp 3 13", "\"a\": ICMP administratively prohibited; nothing to compare", TestName = "ICMP administratively prohibited")]
    [TestCase("0 c > s RRQ a octet\n1 s > c icmp 11 0", "\"a\": ICMP time exceeded; nothing to compare", TestName = "ICMP time exceeded")]
    [TestCase(Start + "0.003 s:4000 > c DATA 2 512\n0.004 c > s:4000 icmp 3 4\n200 c > s arp", "\"a.cfg\": gave-up, as then; ICMP fragmentation needed", TestName = "ICMP fragmentation needed")]
    // Attempts, time and copies.
    [TestCase("0 c > s RRQ a octet\n1 c > s RRQ a octet\n40 c > s RRQ a octet\n41 s:4000 > c DATA 1 5\n41.1 c > s:4000 ACK 1", "\"a\": complete, as then", TestName = "The last of several attempts")]
    [TestCase(Start + "100 c > s arp", "\"a.cfg\": the server fell silent then, the same up to there", TestName = "A capture that went on")]
    [TestCase("0 c > s RRQ a.cfg octet\n90000000 s:4000 > c DATA 1 512\n0.002 c > s:4000 ACK 1\n" + Rest, "\"a.cfg\": complete, as then", TestName = "A time far ahead")]
    [TestCase(Start + "-5000.003 s:4000 > c DATA 2 512\n-5000.002 c > s:4000 ACK 2\n-5000.001 s:4000 > c DATA 3 10\n-5000 c > s:4000 ACK 3", "\"a.cfg\": complete, as then", TestName = "A clock that was set back")]
    [TestCase("0 c > s RRQ a octet\n0.0025 c > s = RRQ a octet\n0.003 s:4000 > c DATA 1 5\n0.0055 s:4000 > c = DATA 1 5\n0.006 c > s:4000 ACK 1\n0.0085 c > s:4000 = ACK 1", "\"a\": complete, as then", TestName = "Every packet twice")]
    // Requests that this server passes over.
    [TestCase("0 c > s 0001 61 00 6F63746574\n1 s:4000 > c DATA 1 5\n1.1 c > s:4000 ACK 1", "\"a\": complete, as then", TestName = "A request without an end that was answered")]
    [TestCase("0 c > s 0001 00 6F6374657400", "\"\": no reply was captured; nothing to compare", TestName = "A request without a name")]
    [TestCase("0 c > s 0002 61 00 6F63746574", "\"a\": no reply was captured, and this server would not answer such a request; nothing to compare", TestName = "An upload's request without an end")]
    // Content that a request alone does not tell.
    [TestCase("0 c > s RRQ boot.ipxe octet\n0.1 s:4000 > c DATA 1 5\n0.2 c > s:4000 ACK 1\n1 10.0.0.3:2000 > s RRQ boot.ipxe octet\n1.1 s:4001 > 10.0.0.3:2000 DATA 1 9\n1.2 10.0.0.3:2000 > s:4001 ACK 1", "\"boot.ipxe\": complete, as then", "\"boot.ipxe\": complete, as then", TestName = "A template that each client got filled in for itself")]
    // Two servers.
    [TestCase("0 c > s RRQ a octet\n1 10.0.0.9:4000 > c DATA 1 5\n1.1 c > 10.0.0.9:4000 ACK 1", "\"a\": complete, as then", TestName = "A server that answers from another address")]
    public async Task Says_what_is_true(string script, params string[] sessions)
    {
        var context = new TestCommandContext();
        await Replay(context, script);
        Assert.That(Sessions(context), Is.EqualTo(sessions), context.Output + context.Error);
    }

    /// <summary>By 40,000 blocks, more than half of what a block number can count.</summary>
    [Test]
    public async Task A_hole_that_wraps_the_block_number_does_not_make_repeats_of_new_blocks()
    {
        var script = Start + string.Concat(Enumerable.Range(40_002, 5).Select(static block => $"5 s:4000 > c DATA {block % 65536} 512\n5 c > s:4000 ACK {block % 65536}\n"))
            + "5 s:4000 > c DATA 40007 3\n5 c > s:4000 ACK 40007\n";
        var context = new TestCommandContext();
        Assert.That(await Replay(context, script), Is.EqualTo(ExitCode.Ok), context.Error);
        Assert.That(Sessions(context), Is.EqualTo(new[] { "\"a.cfg\": complete, as then; the capture lacks 80000 packets" }));
    }

    [Test]
    public async Task A_hole_that_is_longer_than_any_server_s_patience_is_no_silence_of_the_server()
    {
        var context = new TestCommandContext();
        Assert.That(await Replay(context, Start + "100 s:4000 > c DATA 9 10\n100.1 c > s:4000 ACK 9"), Is.EqualTo(ExitCode.Ok));
        Assert.That(Sessions(context).Single(), Is.EqualTo("\"a.cfg\": complete then, after a hole in the capture of 100 s, which cannot be replayed; the same up to there; the capture lacks 14 packets"));
    }

    /// <summary>The capture lacks what the folder has: a cut block whose length differs is a difference all the same.</summary>
    [Test]
    public async Task A_cut_block_is_compared_by_its_length()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(root.FullName, "a.cfg"), new string('x', 600));
            var context = new TestCommandContext();
            Assert.That(await Replay(context, "0 c > s RRQ a.cfg octet\n0.001 s:4000 > c DATA 1 512/40\n0.002 c > s:4000 ACK 1\n0.003 s:4000 > c DATA 2 100/40\n0.004 c > s:4000 ACK 2", "--root", root.FullName), Is.EqualTo(ExitCode.Failed));
            Assert.That(context.Output, Does.Contain("DATA 2 (100 bytes) then, DATA 2 (88 bytes) now"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [TestCase("0 c > s:6969 RRQ a octet", "no request to port 69, but 1 to port 6969: try --port 6969")]
    [TestCase("0 s:4000 > c DATA 7 512\n1 c > s:4000 ACK 7", "the capture begins inside transfers: 1 of them are without their requests")]
    [TestCase("0 c > s:53 0001", "none of the 1 UDP datagrams is a request to port 69")]
    [TestCase("", "the capture has no packets")]
    public async Task No_session_has_a_reason_and_an_exit_code_of_its_own(string script, string reason)
    {
        var context = new TestCommandContext();
        Assert.That(await Replay(context, script), Is.EqualTo(ExitCode.NothingCompared));
        Assert.That(context.Error, Does.EndWith($"nothing to replay: {reason}\n"));
    }

    [Test]
    public async Task Nobody_matched_is_said()
    {
        var context = new TestCommandContext();
        Assert.That(await Replay(context, Start + Rest, "--only", "10.0.0.7"), Is.EqualTo(ExitCode.NothingCompared));
        Assert.That(context.Error, Does.Contain("--only matches none of the clients of 1 requests"));
    }

    [Test]
    public async Task A_capture_filter_that_loses_all_replies_is_said()
    {
        var context = new TestCommandContext();
        Assert.That(await Replay(context, "0 c > s RRQ a octet\n1 c > s RRQ a octet"), Is.EqualTo(ExitCode.NothingCompared));
        Assert.That(context.Error, Does.Contain("a capture filter \"port 69\" loses every reply"));
    }

    [Test]
    public async Task What_was_not_compared_is_not_counted_as_the_same()
    {
        var context = new TestCommandContext();
        Assert.That(await Replay(context, Start + Rest + "1 c:2001 > s RRQ b octet\n100 c > s arp"), Is.EqualTo(ExitCode.Ok));
        Assert.That(context.Output, Does.Contain("2 sessions: 1 the same, 0 end the same, 0 differ, 1 not compared;"));
    }

    private static async Task<int> Replay(TestCommandContext context, string script, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, CaptureScript.Encode(script));
            return await context.RunAsync(["replay", file, .. arguments]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The lines of sessions, without their clients.</summary>
    private static IEnumerable<string> Sessions(TestCommandContext context) =>
        context.Output.Split('\n').Where(static line => line.StartsWith("10.", StringComparison.Ordinal) && line.Contains(": ", StringComparison.Ordinal) && line.Contains('"', StringComparison.Ordinal))
            .Select(static line => line[(line.IndexOf('"', StringComparison.Ordinal))..]);
}
