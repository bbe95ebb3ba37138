using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class SendBlocksTests
{
    private Stage _stage = null!;
    private TestStore _store = null!;
    private List<Emission> _emissions = null!;

    [SetUp]
    public void Begin() => (_stage, _store, _emissions) = (new Stage(), new TestStore().Add("file", 40_000), []);

    [Test]
    public void A_refusal_becomes_one_error_and_the_record()
    {
        var peer = new TestPeer(stage: _stage);
        _stage.Watch(Observable.Return(peer.Admit(_stage).Refuse(Refusal.NotFound)).SendBlocks(new SessionLimits(), _stage.Scheduler));
        Assert.That(_stage.Run(), Is.EqualTo("0.000 ERROR 1 \"file not found\"\n0.000 * refused (file not found)\n0.000 |"));
        Assert.That(peer.Subscriptions, Is.Empty);
    }

    [Test]
    public void A_withdrawal_becomes_the_record_alone()
    {
        var peer = new TestPeer();
        _stage.Watch(Observable.Return(peer.Admit(_stage) with { Withdrawal = Packet.Superseded })
            .SendBlocks(new SessionLimits(), _stage.Scheduler));
        Assert.That(_stage.Run(), Is.EqualTo("0.000 * closed (superseded)\n0.000 |"));
    }

    [Test]
    public void Takes_one_admission_and_hears_the_replies_until_the_transfer_ends()
    {
        var peer = new TestPeer(stage: _stage);
        var admissions = _stage.Hot(0.2, (0.1, peer.Admit(_stage) with { Content = _store.Open("file") }));
        _stage.Watch(admissions.SendBlocks(new SessionLimits(), _stage.Scheduler));
        _stage.At(0.3, () => peer.Send("ACK 1")).At(0.4, () => peer.Send("superseded"));
        Assert.That(_stage.Run(), Does.StartWith("0.100 DATA 1").And.EndsWith("0.400 * closed (superseded)\n0.400 |"));
        Assert.That((admissions.Subscriptions, peer.Subscriptions), Is.EqualTo(("0.000-0.200", "0.100-0.400")));
    }

    [Test]
    public void A_gap_in_the_last_window_sends_its_rest_alone()
    {
        // Nothing is paced on a path as short as that.
        var peer = new TestPeer("RRQ file octet blksize=10000 windowsize=8");
        Send(peer, (0.001, "ACK 0"), (0.002, "ACK 2"), (0.003, "ACK 4"), (0.004, "ACK 5"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=10000 windowsize=8
            0.001 DATA 1..5
            0.002 DATA 3..5 again
            0.003 DATA 5 (0 bytes) again
            0.004 * complete
            0.004 |
            """));
    }

    [Test]
    public void Acks_of_blocks_not_sent_are_ignored_in_windows_too()
    {
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=4");
        Send(peer, (0.01, "ACK 4"), (0.05, "ACK 0"), (0.06, "ACK 5"), (0.07, "ACK 65535"), (0.10, "ACK 4"), (0.11, "ACK 3"), (0.2, "superseded"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=4
            0.050 DATA 1..4
            0.100 DATA 5..8
            0.200 * closed (superseded)
            0.200 |
            """));
    }

    [Test]
    public void Acks_cannot_make_it_send_without_bound()
    {
        // Every ACK there is, a thousand times over: a window goes out for an ACK that says something new, and once for a gap.
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.05, "ACK 0"));
        for (var round = 0; round < 1000; round++)
        {
            var (time, ack) = (0.1 + (round * 0.0001), $"ACK {round % 10}");
            _stage.At(time, () => peer.Send(ack));
        }

        _stage.At(0.21, () => peer.Send("superseded")).Run();
        Assert.That(_emissions.Sum(emission => emission.BlockCount), Is.LessThanOrEqualTo(8 * 11));
    }

    [Test]
    public void A_slow_disk_delays_blocks_and_no_timer_runs_meanwhile()
    {
        _store.IsSlow = true;
        var peer = new TestPeer("RRQ file octet blksize=20000");
        Send(peer, (1, "ACK 0"), (2, "ACK 0"), (20, "ACK 1"));
        _stage.At(10, _store.Answer).At(19.5, () => { }).At(30, _store.Answer).At(30.5, () => peer.Send("ACK 2")).At(31, _store.Answer)
            .At(31.1, () => peer.Send("ACK 3"));
        var seen = _stage.Run();
        Assert.That(seen.Split('\n')[..2], Is.EqualTo(new[] { "0.000 OACK blksize=20000", "10.000 DATA 1 (20000 bytes)" }));
        Assert.That(seen, Does.Contain("30.000 DATA 2 (20000 bytes)\n30.500 ").Or.Contain("30.000 DATA 2 (20000 bytes)\n31.000 DATA 3"));
        Assert.That(seen, Does.EndWith("31.100 * complete\n31.100 |"));
    }

    [TestCase("ERROR 0 x", "closed (ERROR 0 \"x\")")]
    [TestCase("unreachable", "closed (ICMP port unreachable)")]
    [TestCase("superseded", "closed (superseded)")]
    public void A_session_that_ends_while_the_disk_is_slow_closes_its_file_and_forgets_the_load(string goodbye, string end)
    {
        _store.IsSlow = true;
        var peer = new TestPeer();
        Send(peer, (1, goodbye));
        _stage.At(1, () => Assert.That(_store.OpenCount, Is.Zero)).At(2, _store.Answer);
        Assert.That(_stage.Run(), Is.EqualTo($"1.000 * {end}\n1.000 |"));
    }

    [Test]
    public void A_load_that_fails_is_told_to_the_client_at_once()
    {
        _store.Fault = (0, "unreadable");
        var peer = new TestPeer("RRQ file octet tsize=0");
        Send(peer, (0.1, "ACK 0"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK tsize=40000
            0.100 ERROR 0 "unreadable"
            0.100 * faulted (unreadable)
            0.100 |
            """));
    }

    [Test]
    public void A_disk_that_does_not_answer_ends_the_session_in_the_end()
    {
        _store.IsSlow = true;
        var peer = new TestPeer("RRQ file octet tsize=0");
        Send(peer, (0.1, "ACK 0"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK tsize=40000
            60.100 ERROR 0 "the disk does not answer"
            60.100 * faulted (the disk does not answer)
            60.100 |
            """));
        _store.Answer();
    }

    [Test]
    public void An_error_does_not_end_what_waits_for_the_disk()
    {
        // The client may be alive and say so: while blocks are loaded no ACK tells anything new.
        Send(new TestPeer("RRQ file octet blksize=20000"), (0.1, "ACK 0"), (0.2, "ACK 1"), (0.3, "ERROR 0 x"));
        _stage.At(0.15, () => _store.IsSlow = true);
        Assert.That(_stage.Run(), Does.Contain("60.200 * faulted (the disk does not answer)\n"));
        _store.Answer();
    }

    [Test]
    public void An_ack_of_what_was_sent_before_revives_what_waits_for_the_disk()
    {
        // DATA 1 to 3 are sent and block 2 seems lost; while it is loaded again the client has it after all.
        var peer = new TestPeer("RRQ file octet blksize=512 windowsize=3");
        Send(peer, (0.1, "ACK 0"), (0.2, "ACK 1"), (0.3, "ERROR 0 x"), (0.4, "ACK 3"));
        _stage.At(0.15, () => _store.IsSlow = true).At(0.45, () => _store.IsSlow = false).At(0.5, _store.Answer).At(2, () => peer.Send("ACK 4"));
        Assert.That(_stage.Run(), Does.Contain("2.000 DATA 5").And.Not.Contain("closed"));
    }

    [Test]
    public void The_time_that_the_disk_took_is_not_the_clients_silence()
    {
        // 40 s for block 2; then the client has half a minute, and every repeat there is.
        var peer = new TestPeer("RRQ file octet blksize=20000");
        Send(peer, (0.1, "ACK 0"), (0.2, "ACK 1"));
        _stage.At(0.15, () => _store.IsSlow = true).At(40.2, _store.Answer);
        var seen = _stage.Run();
        Assert.That(seen, Does.Contain("40.200 DATA 2 (20000 bytes)\n"));
        Assert.That(seen.Split('\n').Count(line => line.EndsWith("again", StringComparison.Ordinal)), Is.EqualTo(new SessionLimits().Retries));
        Assert.That(_stage.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(70)));
    }

    [Test]
    public void A_slow_load_that_fails_is_told_as_soon_as_it_has()
    {
        (_store.IsSlow, _store.Fault) = (true, (0, "unreadable"));
        Send(new TestPeer());
        _stage.At(3, _store.Answer);
        Assert.That(_stage.Run(), Is.EqualTo("3.000 ERROR 0 \"unreadable\"\n3.000 * faulted (unreadable)\n3.000 |"));
    }

    [TestCase(0)]
    [TestCase(512)]
    public void A_load_that_throws_is_a_fault_of_its_own_session(int from)
    {
        _store.ThrowsFrom = from;
        var server = new VirtualServer(_store.Add("empty", 0));
        server.Run("""
            0.0 a: RRQ file octet
            0.1 b: RRQ empty octet blksize=1000
            0.2 a: ACK 1
            0.3 b: ERROR 0 x
            """);
        Assert.That(server.Ended.Select(end => (end.Outcome, end.Detail)), Is.EqualTo(new[]
        {
            (Outcome.Faulted, "InvalidOperationException: bug"), (Outcome.Probe, "ERROR 0 \"x\""),
        }));
    }

    [Test]
    public void Unsubscribing_in_mid_transfer_closes_the_file_and_stops_the_timer()
    {
        var peer = new TestPeer(stage: _stage);
        var subscription = Send(peer, (0.1, "ACK 1"));
        _stage.At(0.2, subscription.Dispose);
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 1 (512 bytes)\n0.100 DATA 2 (512 bytes)"));
        Assert.That(peer.Subscriptions, Is.EqualTo("0.000-0.200"));
        Assert.That(_stage.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(0.2)));
    }

    [TearDown]
    public void Nothing_is_left() => Assert.That(_store.OpenCount, Is.Zero, "content left open");

    private IDisposable Send(TestPeer peer, params (double Time, string Packet)[] script)
    {
        var limits = new SessionLimits();
        foreach (var (time, packet) in script) _stage.At(time, () => peer.Send(packet));
        return _stage.Watch(Observable.Return(peer.Admit(_stage) with { Content = _store.Open("file") })
            .NegotiateOptions(limits, new PathBlockSizes(), _stage.Scheduler).SendBlocks(limits, _stage.Scheduler)
            .Do(_emissions.Add)
            .Finally(() => Assert.That(peer.IsHeard, Is.False, "still subscribed to the replies")));
    }
}
