using System.Reactive.Linq;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>What becomes of a window of which something is lost, or that a client answers more than once.</summary>
internal sealed class WindowLossTests
{
    private Stage _stage = null!;
    private TestStore _store = null!;
    private List<Emission> _emissions = null!;

    [SetUp]
    public void Begin() => (_stage, _store, _emissions) = (new Stage(), new TestStore().Add("file", 40_000), []);

    [Test]
    public void A_gap_in_the_middle_is_resumed_after_with_a_whole_window()
    {
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.05, "ACK 0"), (0.10, "ACK 8"), (0.15, "ACK 11"), (0.20, "ACK 19"), (0.25, "superseded"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=8
            0.050 DATA 1..8
            0.100 DATA 9..16
            0.150 DATA 12..19 again
            0.200 DATA 20..27
            0.250 * closed (superseded)
            0.250 |
            """));
        // 12 to 16 went a second time.
        Assert.That(((SessionEnded)_emissions[^1].SessionNote).Retransmissions, Is.EqualTo(5));
    }

    [Test]
    public void Every_stray_block_acknowledged_resumes_once()
    {
        // Block 9 is lost: EDK2 and U-Boot acknowledge 8 for each of 10 to 16, and then for each block of the repeat that they have.
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.05, "ACK 0"), (0.10, "ACK 8"));
        for (var stray = 0; stray < 7; stray++) _stage.At(0.150 + (stray * 0.001), () => peer.Send("ACK 8"));
        _stage.At(0.200, () => peer.Send("ACK 16"));
        for (var stray = 0; stray < 7; stray++) _stage.At(0.201 + (stray * 0.001), () => peer.Send("ACK 16"));
        _stage.At(0.25, () => peer.Send("ACK 24")).At(0.3, () => peer.Send("superseded"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=8
            0.050 DATA 1..8
            0.100 DATA 9..16
            0.150 DATA 9..16 again
            0.200 DATA 17..24
            0.250 DATA 25..32
            0.300 * closed (superseded)
            0.300 |
            """));
    }

    [Test]
    public void Every_block_after_a_gap_in_the_middle_acknowledged_resumes_once()
    {
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.05, "ACK 0"), (0.10, "ACK 8"), (0.4, "superseded"));
        for (var stray = 0; stray < 4; stray++) _stage.At(0.150 + (stray * 0.010), () => peer.Send("ACK 12"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=8
            0.050 DATA 1..8
            0.100 DATA 9..16
            0.150 DATA 13..20 again
            0.275 DATA 20 (1000 bytes) again
            0.400 * closed (superseded)
            0.400 |
            """));
    }

    [Test]
    public void Stray_blocks_acknowledged_over_many_round_trips_resume_once()
    {
        // A small answer takes 10 ms, a window far longer: no echo is too soon here. What tells them is that
        // so many blocks were under way, or had been sent twice; and that the silence between two of them is short.
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.01, "ACK 0"), (0.02, "ACK 8"), (0.1, "ACK 16"), (0.25, "ACK 24"), (0.29, "superseded"));
        for (var stray = 0; stray < 7; stray++)
        {
            _stage.At(0.030 + (stray * 0.010), () => peer.Send("ACK 8"));
            _stage.At(0.115 + (stray * 0.015), () => peer.Send("ACK 16"));
        }

        var windows = _stage.Run().Split('\n').Where(line => line.Contains("..", StringComparison.Ordinal));
        Assert.That(windows, Is.EqualTo(new[]
        {
            "0.010 DATA 1..8", "0.020 DATA 9..16", "0.030 DATA 9..16 again", "0.100 DATA 17..24", "0.250 DATA 25..32",
        }));
    }

    [Test]
    public void An_echo_of_the_last_ack_that_comes_too_soon_is_no_gap()
    {
        // A network that duplicates: ACK 8 twice, 1 ms apart, where no answer has ever come within 50 ms.
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.05, "ACK 0"), (0.10, "ACK 8"), (0.101, "ACK 8"), (0.149, "ACK 8"), (0.15, "ACK 16"), (0.2, "superseded"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=8
            0.050 DATA 1..8
            0.100 DATA 9..16
            0.150 DATA 17..24
            0.200 * closed (superseded)
            0.200 |
            """));
    }

    [Test]
    public void A_lost_last_block_is_probed_for()
    {
        // The client cannot know that a last block is missing; when it is asked, or asks with its own timer, that counts at once.
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        Send(peer, (0.05, "ACK 0"), (0.10, "ACK 8"), (0.35, "ACK 16"), (0.40, "ACK 23"), (0.45, "superseded"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=8
            0.050 DATA 1..8
            0.100 DATA 9..16
            0.225 DATA 16 (1000 bytes) again
            0.350 DATA 17..24
            0.400 DATA 24..31 again
            0.450 * closed (superseded)
            0.450 |
            """));
    }

    [Test]
    public void An_ack_of_each_copy_says_that_the_wait_was_too_short()
    {
        // The path has become slower: 500 ms, where RTO is 300. ACK 2 comes for both copies, so the first took 500 ms: SRTT 150, RTTVAR 137.5,
        // RTO 700, and DATA 4 is not sent twice.
        var peer = new TestPeer("RRQ file octet");
        _stage.At(0.1, () => peer.Send("ACK 1")).At(0.6, () => peer.Send("ACK 2")).At(0.85, () => peer.Send("ACK 2"))
            .At(1.1, () => peer.Send("ACK 3")).At(1.6, () => peer.Send("ACK 4")).At(1.7, () => peer.Send("superseded"));
        Assert.That(Run(peer), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            0.100 DATA 2 (512 bytes)
            0.400 DATA 2 (512 bytes) again
            0.600 DATA 3 (512 bytes)
            0.900 DATA 3 (512 bytes) again
            1.100 DATA 4 (512 bytes)
            1.600 DATA 5 (512 bytes)
            1.700 * closed (superseded)
            1.700 |
            """));
    }

    [Test]
    public void Where_the_timer_would_be_sooner_the_probe_takes_its_place()
    {
        // Round trips of 150 ms that hardly vary: RTO is 200 ms, and twice the round trip more than that (RFC 8985 §7.2).
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=4");
        Send(peer, [.. Enumerable.Range(0, 8).Select(window => (0.15 * (window + 1), $"ACK {4 * window}")), (2.2, "superseded")]);
        Assert.That(_stage.Run(), Does.EndWith("""
            1.050 DATA 25..28
            1.200 DATA 29..32
            1.400 DATA 32 (1000 bytes) again
            1.800 DATA 29, 32 again
            2.200 * closed (superseded)
            2.200 |
            """));
    }

    [Test]
    public void A_window_that_was_sent_again_is_probed_for_once_more()
    {
        // The client has named block 10 as missing, and that ACK was lost. When it has 10 to 16 it waits for 17: its own window begins at 10. Its answer took
        // 70 ms at the least, so the next probe waits a quarter longer than that.
        var peer = new TestPeer("RRQ file octet blksize=1000 windowsize=8");
        peer.Key.Kind = PeerKind.Proven;
        Send(peer, (0.02, "ACK 0"), (0.04, "ACK 8"), (0.51, "ACK 16"), (0.60, "superseded"));
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 OACK blksize=1000 windowsize=8
            0.020 DATA 1..8
            0.040 DATA 9..16
            0.090 DATA 16 (1000 bytes) again
            0.190 DATA 9, 16 again
            0.390 DATA 9..16 again
            0.440 DATA 16 (1000 bytes) again
            0.510 DATA 17..24
            0.598 DATA 24 (1000 bytes) again
            0.600 * closed (superseded)
            0.600 |
            """));
    }

    [Test]
    public void What_was_sent_twice_measures_nothing_and_progress_ends_the_backing_off()
    {
        // Karn's algorithm (RFC 6298 §3): two timeouts of 300 ms, each for another block, and neither makes the next wait longer, since an ACK has
        // moved forward. The next round trip that can be measured is 100 ms again: RTTVAR 37.5, RTO 250.
        var peer = new TestPeer("RRQ file octet");
        _stage.At(0.1, () => peer.Send("ACK 1")).At(0.5, () => peer.Send("ACK 2")).At(0.9, () => peer.Send("ACK 3"))
            .At(1.0, () => peer.Send("ACK 4")).At(1.6, () => peer.Send("ERROR 0 x"));
        Assert.That(Run(peer), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            0.100 DATA 2 (512 bytes)
            0.400 DATA 2 (512 bytes) again
            0.500 DATA 3 (512 bytes)
            0.800 DATA 3 (512 bytes) again
            0.900 DATA 4 (512 bytes)
            1.000 DATA 5 (512 bytes)
            1.250 DATA 5 (512 bytes) again
            1.750 * closed (ERROR 0 "x")
            1.750 |
            """));
    }

    [TearDown]
    public void Nothing_is_left() => Assert.That(_store.OpenCount, Is.Zero, "content left open");

    private string Run(TestPeer peer)
    {
        Send(peer);
        return _stage.Run();
    }

    private void Send(TestPeer peer, params (double Time, string Packet)[] script)
    {
        var limits = new SessionLimits();
        foreach (var (time, packet) in script) _stage.At(time, () => peer.Send(packet));
        _stage.Watch(Observable.Return(peer.Admit(_stage) with { Content = _store.Open("file") })
            .NegotiateOptions(limits, new PathBlockSizes(), _stage.Scheduler).SendBlocks(limits, _stage.Scheduler)
            .Do(_emissions.Add));
    }
}
