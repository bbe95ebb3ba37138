using System.Reflection;
using System.Runtime.ExceptionServices;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;
using NLog;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

public sealed class ServerLogTests
{
    [Test]
    public void A_session_is_one_event_with_everything_about_it()
    {
        var properties = Logged(LogProbe.Ended).Properties.ToDictionary(pair => (string)pair.Key, pair => pair.Value);
        Assert.That(properties, Is.EquivalentTo(new Dictionary<string, object?>
        {
            ["event"] = "SessionEnded",
            ["eventId"] = 30,
            ["outcome"] = "complete",
            ["file"] = "boot.ipxe",
            ["mode"] = "octet",
            ["peer"] = "192.0.2.7:2070",
            ["local"] = "198.51.100.1:69",
            ["options"] = "blksize=1428 tsize=3000",
            ["size"] = 3000L,
            ["bytes"] = 3000L,
            ["blocks"] = 3L,
            ["retransmissions"] = 1L,
            ["rttMs"] = 1.25,
            ["durationMs"] = 35.2,
            ["detail"] = null,
            ["refusal"] = null,
            ["rollover"] = false,
        }));
    }

    [Test]
    public void A_bug_is_told_with_its_stack()
    {
        var bug = Assert.Throws<InvalidOperationException>(static () => throw new InvalidOperationException("a bug"))!;
        Assert.That(Logged(LogProbe.Ended with { Outcome = Outcome.Faulted, Bug = bug }).Exception, Is.SameAs(bug));
        Assert.That(Logged(LogProbe.Ended).Exception, Is.Null);
    }

    [Test]
    public void The_health_probe_is_told_at_debug_only()
    {
        using var probe = new LogProbe(LogLevel.Debug);
        probe.Log.Record(LogProbe.Ended, LogProbe.At);
        probe.Log.Probe = LogProbe.Flow.Remote;
        probe.Log.Record(LogProbe.Ended, LogProbe.At);
        probe.Log.Record(LogProbe.Ended with { Flow = LogProbe.Flow with { Remote = LogProbe.Flow.Remote with { Port = 9 } } }, LogProbe.At);
        Assert.That(probe.Events.Select(static told => told.Level), Is.EqualTo(new[] { LogLevel.Info, LogLevel.Debug, LogLevel.Info }));
    }

    [Test]
    public void A_limit_that_was_met_is_told_once()
    {
        using var probe = new LogProbe(LogLevel.Info);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            probe.Log.Record(new Ignored(LogProbe.Flow, IgnoreReason.Busy, "Too many open files (24)"), LogProbe.At);
            probe.Log.Record(new Ignored(LogProbe.Flow, IgnoreReason.TooManySessions), LogProbe.At);
            probe.Log.Record(new Ignored(LogProbe.Flow, IgnoreReason.Stray, "ACK"), LogProbe.At);
        }

        Assert.That(probe.Events.Select(told => (told.Level, told.FormattedMessage.Split(':')[0])), Is.EqualTo(new[]
        {
            (LogLevel.Warn, "Too many open files (24)"), (LogLevel.Warn, "too many sessions (--sessions-max, or the limit of open files)"),
        }));
    }

    [Test]
    public void It_reads_as_a_sentence() => Assert.That(Logged(LogProbe.Ended).FormattedMessage,
        Is.EqualTo("complete \"boot.ipxe\" to 192.0.2.7:2070: 3000 bytes in 35.2 ms, 1 resent"));

    [Test]
    public void It_says_why_when_there_is_a_why() => Assert.That(
        Logged(LogProbe.Ended with { Outcome = Outcome.Closed, Detail = "ERROR 0 \"closed\"" }).FormattedMessage,
        Is.EqualTo("closed \"boot.ipxe\" to 192.0.2.7:2070: ERROR 0 \"closed\"; 3000 bytes in 35.2 ms, 1 resent"));

    [Test]
    public void A_refusal_tells_its_reason()
    {
        var entry = Logged(LogProbe.Ended with { Outcome = Outcome.Refused, Detail = "not served", Refusal = RefusalReason.UnsafePath, Size = null });
        Assert.That(entry.FormattedMessage, Is.EqualTo("refused \"boot.ipxe\" to 192.0.2.7:2070: not served"));
        Assert.That(entry.Properties["refusal"], Is.EqualTo("UnsafePath"));
    }

    [TestCase(Outcome.Complete, null)]
    [TestCase(Outcome.Closed, "ERROR 0")]
    [TestCase(Outcome.Refused, "not served")]
    public void Nothing_is_thrown_on_the_way_even_if_it_is_caught(Outcome outcome, string? detail)
    {
        var thrown = new List<string>();
        var thread = Environment.CurrentManagedThreadId;
        void Note(object? sender, FirstChanceExceptionEventArgs args)
        {
            if (Environment.CurrentManagedThreadId == thread) thrown.Add(args.Exception.Message);
        }

        AppDomain.CurrentDomain.FirstChanceException += Note;
        try
        {
            var entry = Logged(LogProbe.Ended with { Outcome = outcome, Detail = detail });
            Assert.That(entry.FormattedMessage, Does.StartWith(outcome.Name()));
            Assert.That(entry.Properties.Keys, Is.SupersetOf((string[])["bytes", "detail", "durationMs", "retransmissions"]));
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }

        Assert.That(thrown, Is.Empty);
    }

    [Test]
    public void It_is_stamped_with_the_time_at_which_the_session_ended() =>
        Assert.That(Logged(LogProbe.Ended).TimeStamp, Is.EqualTo(LogProbe.At.UtcDateTime));

    [TestCase(Outcome.Complete, "Info")]
    [TestCase(Outcome.Unconfirmed, "Info")]
    [TestCase(Outcome.Probe, "Info")]
    [TestCase(Outcome.Closed, "Info")]
    [TestCase(Outcome.Refused, "Info")]
    [TestCase(Outcome.GaveUp, "Warn")]
    [TestCase(Outcome.Faulted, "Error")]
    public void Only_what_is_no_everyday_matter_stands_out(Outcome outcome, string level) =>
        Assert.That(Logged(LogProbe.Ended with { Outcome = outcome }).Level.Name, Is.EqualTo(level));

    [TestCase("{0} {file} %s %n ${environment:HOME}")]
    [TestCase("{{{peer:l}")]
    public void A_name_is_a_value_and_never_a_template(string name)
    {
        var entry = Logged(LogProbe.Ended with { Request = LogProbe.Request with { FileName = name } });
        Assert.That(entry.Properties["file"], Is.EqualTo(name));
        Assert.That(entry.FormattedMessage, Does.StartWith($"complete \"{name}\" to 192.0.2.7"));
    }

    /// <summary>A name that ends its own quotation and goes on as a line of the log would.</summary>
    [Test]
    public void A_name_cannot_pose_as_the_rest_of_the_line()
    {
        const string forged = "x\" to 198.51.100.9:69: 5 bytes in 1 ms, 0 resent";
        var entry = Logged(LogProbe.Ended with { Request = LogProbe.Request with { FileName = forged } });
        Assert.That(entry.FormattedMessage, Does.StartWith("complete \"x\\x22 to 198.51.100.9:69: 5 bytes in 1 ms, 0 resent\" to 192.0.2.7:2070"));
        Assert.That(entry.FormattedMessage.Count(character => character == '"'), Is.EqualTo(2));
    }

    [Test]
    public void Nothing_from_the_network_brings_control_characters_in()
    {
        const string evil = "a\r\nb\e[31m\u202E\0";
        var entry = Logged(LogProbe.Ended with
        {
            Request = new Request(evil, evil, OptionSet.Empty),
            Detail = evil,
            Granted = new OptionSet(new TransferOption(evil, evil)),
        });
        Assert.That(entry.FormattedMessage.Any(char.IsControl), Is.False);
        Assert.That(entry.Properties.Values.OfType<string>().Where(text => text.Any(char.IsControl) || text.Contains('\u202E', StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase(65535L * 512 - 1, false)]
    [TestCase(65535L * 512, true)]
    public void A_file_of_more_than_65535_blocks_is_noted(long size, bool rollover)
    {
        // The final block is the one that is not full, so a file of 65535 full blocks has 65536.
        var entry = Logged(LogProbe.Ended with { Granted = OptionSet.Empty, Size = size });
        Assert.That(entry.Properties["rollover"], Is.EqualTo(rollover));
        Assert.That(entry.FormattedMessage.Contains("more than 65535 blocks", StringComparison.Ordinal), Is.EqualTo(rollover));
    }

    [Test]
    public void Larger_blocks_put_the_rollover_off() =>
        Assert.That(Logged(LogProbe.Ended with { Size = 65535L * 512 }).Properties["rollover"], Is.False);

    [Test]
    public void A_datagram_reads_as_the_RFCs_draw_it()
    {
        using var probe = new LogProbe(LogLevel.Trace);
        var peer = new Peer(LogProbe.Flow, LogProbe.Request);
        probe.Log.Received(new Datagram(LogProbe.Flow, new byte[] { 0, 4, 0, 3 }));
        probe.Log.Received(new Datagram(LogProbe.Flow, default, IsUnreachable: true));
        probe.Log.Sending(Emission.OptionAcknowledgment(peer, LogProbe.Ended.Granted, isRepeat: true));
        probe.Log.Sending(Emission.Error(peer, Refusal.NotFound.Report));
        probe.Log.Sending(Emission.Note(peer, LogProbe.Ended));
        Assert.That(probe.Events.Select(entry => entry.FormattedMessage), Is.EqualTo((string[])
        [
            "192.0.2.7:2070 --> ACK 3",
            "192.0.2.7:2070 --> ICMP port unreachable",
            "192.0.2.7:2070 <-- OACK blksize=1428 tsize=3000 again",
            "192.0.2.7:2070 <-- ERROR 1 \"file not found\"",
        ]));
    }

    [Test]
    public void A_datagram_costs_nothing_when_Trace_is_off()
    {
        using var probe = new LogProbe(LogLevel.Debug);
        var datagram = new Datagram(LogProbe.Flow, new byte[] { 0, 4, 0, 3 });
        probe.Log.Received(datagram);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++) probe.Log.Received(datagram);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(probe.Log.IsTraceEnabled, Is.False);
    }

    [Test]
    public void What_was_not_answered_shows_at_Debug()
    {
        using var probe = new LogProbe(LogLevel.Debug);
        probe.Log.Record(new Ignored(LogProbe.Flow, IgnoreReason.Stray, "ACK"), LogProbe.At);
        probe.Log.Record(new Withheld(LogProbe.Flow, 1432), LogProbe.At);
        Assert.That(probe.Events.Select(entry => entry.FormattedMessage), Is.EqualTo((string[])
        [
            "ignored from 192.0.2.7:2070: Stray ACK",
            "withheld 1432 bytes from 192.0.2.7:2070: sender not verified; budget exhausted",
        ]));
    }

    [Test]
    public void Every_event_has_a_name_and_a_number_of_its_own()
    {
        using var probe = new LogProbe(LogLevel.Trace);
        var log = probe.Log;
        var peer = new Peer(LogProbe.Flow, LogProbe.Request);
        log.RulesLoaded("nlog.config");
        log.BuiltInRules("here");
        log.Serving("content", "*");
        log.Listening(LogProbe.Flow.Local);
        log.HttpListening(LogProbe.Flow.Local);
        log.Draining(2, TimeSpan.FromSeconds(4));
        log.Stopped(0);
        log.NotesDropped(7);
        log.SinkFailed(new InvalidOperationException());
        log.PipelineFailed(new InvalidOperationException());
        log.Notice("no batches");
        log.AmbiguousName("A", "a");
        log.Reloaded(1, 2);
        log.NotReloaded("a broken file");
        log.RootReplaced("gone");
        log.Confined("landlock");
        log.BootOver(new Boot(LogProbe.Flow.Remote with { Port = 0 }, LogProbe.At, LogProbe.At));
        log.SessionEnded(LogProbe.Ended, LogProbe.At);
        log.Ignored(new Ignored(LogProbe.Flow, IgnoreReason.Stray), LogProbe.At);
        log.Withheld(new Withheld(LogProbe.Flow, 1), LogProbe.At);
        log.BlockSizeLowered(new BlockSizeLowered(LogProbe.Flow, 1468, 1428), LogProbe.At);
        log.Received(new Datagram(LogProbe.Flow, default));
        log.Sending(Emission.Error(peer, Refusal.NotFound.Report));

        var methods = typeof(ServerLog).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.Name is not ("Dispose" or "Record" or "BeginQueueing")).Select(method => method.Name);
        Assert.That(probe.Events.Select(entry => entry.Properties["event"]), Is.EquivalentTo(methods));
        Assert.That(probe.Events.Select(entry => entry.Properties["eventId"]), Is.Unique);
        Assert.That(probe.Events.Where(entry => entry.FormattedMessage.Contains('{', StringComparison.Ordinal)), Is.Empty);
    }

    private static LogEventInfo Logged(SessionEnded ended)
    {
        using var probe = new LogProbe(LogLevel.Info);
        probe.Log.Record(ended, LogProbe.At);
        return probe.Only;
    }
}
