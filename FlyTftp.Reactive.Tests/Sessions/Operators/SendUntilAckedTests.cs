using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>
/// Timeout and retry of what is in flight, seen from outside: through SendBlocks, so that it holds however the waiting is built.
/// </summary>
internal sealed class SendUntilAckedTests
{
    private Stage _stage = null!;
    private TestStore _store = null!;

    [SetUp]
    public void Begin() => (_stage, _store) = (new Stage(), new TestStore().Add("file", 3000));

    [Test]
    public void An_unvalidated_peer_gets_everything_twice_at_most() =>
        Assert.That(Run(new TestPeer("RRQ file octet")), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            1.000 DATA 1 (512 bytes) again
            31.000 * gave-up
            31.000 |
            """));

    [Test]
    public void An_unvalidated_peer_gets_the_oack_twice_at_most() =>
        Assert.That(Run(new TestPeer("RRQ file octet tsize=0")), Is.EqualTo("""
            0.000 OACK tsize=3000
            1.000 OACK tsize=3000 again
            31.000 * gave-up
            31.000 |
            """));

    [Test]
    public void Ack_0_proves_nothing_and_brings_no_more_than_the_windows_two_ends()
    {
        // The OACK took 50 ms: RTO is 50 + 4 × 25 ms, so the floor: 200 ms, then 400, each longer by what is this address's; then in silence, but for the
        // ACK that is the client's own timer.
        var peer = new TestPeer("RRQ file octet windowsize=4");
        _stage.At(0.05, () => peer.Send("ACK 0")).At(0.1, () => peer.Send("ACK 0")).At(5, () => peer.Send("ACK 0"));
        Assert.That(Run(peer), Is.EqualTo("""
            0.000 OACK windowsize=4
            0.050 DATA 1..4
            0.341 DATA 1, 4 again
            0.771 DATA 1, 4 again
            5.000 DATA 1, 4 again
            33.563 * gave-up
            33.563 |
            """));
    }

    [Test]
    public void The_wait_follows_the_round_trip_and_doubles()
    {
        // R = 100 ms: SRTT 100, RTTVAR 50, RTO 300; then 112.5, 62.5, 362.5 by R = 200 (RFC 6298 §2.2, §2.3).
        var peer = new TestPeer("RRQ file octet");
        _stage.At(0.1, () => peer.Send("ACK 1")).At(0.3, () => peer.Send("ACK 2"));
        Assert.That(Run(peer, new SessionLimits { Patience = TimeSpan.FromSeconds(5) }), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            0.100 DATA 2 (512 bytes)
            0.300 DATA 3 (512 bytes)
            0.663 DATA 3 (512 bytes) again
            1.388 DATA 3 (512 bytes) again
            2.838 DATA 3 (512 bytes) again
            5.738 DATA 3 (512 bytes) again
            11.538 DATA 3 (512 bytes) again
            19.538 DATA 3 (512 bytes) again
            27.538 DATA 3 (512 bytes) again
            35.538 DATA 3 (512 bytes) again
            43.538 * gave-up
            43.538 |
            """));
    }

    [Test]
    public void A_validated_peer_gets_as_many_repeats_as_allowed_and_no_fewer_than_its_patience_takes()
    {
        // 1 s fixed: one repeat is allowed, and three times the timeout that the client has asked for it is waited for in silence.
        var peer = new TestPeer("RRQ file octet timeout=1");
        _stage.At(0.5, () => peer.Send("ACK 0")).At(1, () => peer.Send("ACK 1"));
        Assert.That(Run(peer, new SessionLimits { Retries = 1, Patience = TimeSpan.FromSeconds(2.5) }), Is.EqualTo("""
            0.000 OACK timeout=1
            0.500 DATA 1 (512 bytes)
            1.000 DATA 2 (512 bytes)
            2.000 DATA 2 (512 bytes) again
            4.000 * gave-up
            4.000 |
            """));
    }

    [Test]
    public void Patience_with_a_validated_peer_never_sends_more_than_allowed([Values(0, 1, 3)] int retries)
    {
        // RTO 1 s, doubling: half a minute would be enough for four repeats.
        var peer = new TestPeer("RRQ file octet");
        _stage.At(0.1, () => peer.Send("ACK 1"));
        var seen = Run(peer, new SessionLimits { Retries = retries });
        Assert.That(seen.Split('\n').Count(line => line.Contains("again", StringComparison.Ordinal)), Is.EqualTo(retries));
        Assert.That(seen, Does.Contain("gave-up"));
        Assert.That(_stage.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(30.1)));
    }

    [Test]
    public void Without_retries_a_silent_peer_is_waited_for_in_silence()
    {
        // "timeout" of 1 s also says that the client lets three of its own waits pass.
        var peer = new TestPeer("RRQ file octet timeout=1");
        _stage.At(0.5, () => peer.Send("ACK 0")).At(1, () => peer.Send("ACK 1"));
        Assert.That(Run(peer, new SessionLimits { Retries = 0, Patience = TimeSpan.FromSeconds(2.5) }), Is.EqualTo("""
            0.000 OACK timeout=1
            0.500 DATA 1 (512 bytes)
            1.000 DATA 2 (512 bytes)
            4.000 * gave-up
            4.000 |
            """));
    }

    [Test]
    public void The_last_block_that_nobody_acknowledges_is_unconfirmed()
    {
        var peer = new TestPeer("RRQ file octet blksize=2000 timeout=1");
        _stage.At(0.5, () => peer.Send("ACK 0")).At(1, () => peer.Send("ACK 1"));
        var limits = new SessionLimits { Retries = 0, Patience = TimeSpan.FromSeconds(1) };
        Assert.That(Run(peer, limits), Does.EndWith("\n1.000 DATA 2 (1000 bytes)\n4.000 * unconfirmed\n4.000 |"));
    }

    [Test]
    public void Stale_and_foreign_acks_neither_restart_the_timer_nor_provoke_anything()
    {
        // Trap 4 of the design. Every 100 ms an ACK that is not awaited: older, not sent yet, of the other end of the number space.
        var peer = new TestPeer("RRQ file octet");
        _stage.At(0.1, () => peer.Send("ACK 1")).At(0.2, () => peer.Send("ACK 2"));
        for (var tenth = 3; tenth < 40; tenth++)
        {
            var ack = (tenth % 6) switch { 0 => "ACK 0", 1 => "ACK 1", 2 => "ACK 2", 3 => "ACK 4", 4 => "ACK 65535", _ => "DATA 3" };
            _stage.At(tenth / 10.0, () => peer.Send(ack));
        }

        _stage.At(4, () => peer.Send("superseded"));
        // R = 100 ms twice: SRTT 100, RTTVAR 50, then 37.5: RTO 250.
        Assert.That(Run(peer), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            0.100 DATA 2 (512 bytes)
            0.200 DATA 3 (512 bytes)
            0.450 DATA 3 (512 bytes) again
            0.950 DATA 3 (512 bytes) again
            1.950 DATA 3 (512 bytes) again
            3.950 DATA 3 (512 bytes) again
            4.000 * closed (superseded)
            4.000 |
            """));
    }

    [Test]
    public void Duplicate_acks_do_not_double_the_blocks()
    {
        // The Sorcerer's Apprentice (RFC 1123 §4.2.3.1): every ACK comes twice, every DATA goes once.
        var peer = new TestPeer("RRQ file octet");
        for (var block = 1; block <= 6; block++)
        {
            var ack = $"ACK {block}";
            _stage.At(block * 0.1, () => peer.Send(ack));
            if (block < 6) _stage.At((block * 0.1) + 0.01, () => peer.Send(ack));
        }

        Assert.That(Run(peer), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            0.100 DATA 2 (512 bytes)
            0.200 DATA 3 (512 bytes)
            0.300 DATA 4 (512 bytes)
            0.400 DATA 5 (512 bytes)
            0.500 DATA 6 (440 bytes)
            0.600 * complete
            0.600 |
            """));
    }

    [Test]
    public void The_late_ack_of_a_repeated_block_is_answered_once()
    {
        // The first copy's ACK was only late: both copies are acknowledged, one DATA follows.
        var peer = new TestPeer("RRQ file octet");
        _stage.At(1.2, () => peer.Send("ACK 1")).At(1.3, () => peer.Send("ACK 1")).At(1.4, () => peer.Send("superseded"));
        Assert.That(Run(peer), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            1.000 DATA 1 (512 bytes) again
            1.200 DATA 2 (512 bytes)
            1.400 * closed (superseded)
            1.400 |
            """));
    }

    [Test]
    public void An_ack_in_the_very_moment_of_the_timeout_is_taken_in_either_order()
    {
        var peer = new TestPeer("RRQ file octet");
        _stage.At(1, () => peer.Send("ACK 1")).At(1.5, () => peer.Send("superseded"));
        var seen = Run(peer);
        Assert.That(seen, Does.Contain("1.000 DATA 2 (512 bytes)\n"));
        Assert.That(seen, Does.EndWith("1.500 |"));
        Assert.That(seen.Split('\n').Count(line => line.Contains("DATA 2", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void Nothing_is_subscribed_to_for_a_window()
    {
        var peer = new TestPeer("RRQ file octet", _stage);
        for (var block = 1; block <= 6; block++)
        {
            var ack = $"ACK {block}";
            _stage.At(block * 0.1, () => peer.Send(ack));
        }

        Assert.That(Run(peer), Does.EndWith("0.600 * complete\n0.600 |"));
        Assert.That(peer.Subscriptions, Is.EqualTo("0.000-0.600"));
    }

    [Test]
    public void A_timeout_gives_the_replies_up_and_a_new_subscription_is_the_retransmission()
    {
        // RTO 300 ms after R = 100 ms; at 0.5 the repeat is acknowledged.
        var peer = new TestPeer("RRQ file octet", _stage);
        _stage.At(0.1, () => peer.Send("ACK 1")).At(0.5, () => peer.Send("ACK 2")).At(0.6, () => peer.Send("superseded"));
        Assert.That(Run(peer), Is.EqualTo("""
            0.000 DATA 1 (512 bytes)
            0.100 DATA 2 (512 bytes)
            0.400 DATA 2 (512 bytes) again
            0.500 DATA 3 (512 bytes)
            0.600 * closed (superseded)
            0.600 |
            """));
        Assert.That(peer.Subscriptions, Is.EqualTo("0.000-0.400 0.400-0.600"));
    }

    [Test]
    public void Waiting_on_in_silence_is_a_new_subscription_too()
    {
        // Two windows' worth went out, nothing has proven the address, and 4 s of patience are not over.
        var peer = new TestPeer("RRQ file octet windowsize=4", _stage);
        _stage.At(0.05, () => peer.Send("ACK 0"));
        Assert.That(Run(peer, new SessionLimits { Patience = TimeSpan.FromSeconds(4) }), Is.EqualTo("""
            0.000 OACK windowsize=4
            0.050 DATA 1..4
            0.341 DATA 1, 4 again
            0.771 DATA 1, 4 again
            6.909 * gave-up
            6.909 |
            """));
        Assert.That(peer.Subscriptions, Is.EqualTo("0.000-0.341 0.341-0.771 0.771-1.724 1.724-3.630 3.630-6.909"));
    }

    [Test]
    public void Something_wrong_with_the_replies_is_not_taken_for_a_timeout()
    {
        // Trap 2: a Retry that retries any error would send for ever.
        var admission = Admit(new TestPeer());
        _stage.Watch(Observable.Return(admission with
        {
            Replies = Observable.Throw<Packet>(new InvalidOperationException("bug"), _stage.Scheduler),
        }).SendBlocks(new SessionLimits(), _stage.Scheduler));
        Assert.That(_stage.Run(), Does.EndWith("# bug"));
        Assert.That(_stage.Seen, Does.Not.Contain("again"));
        Assert.That(_store.OpenCount, Is.Zero);
    }

    private string Run(TestPeer peer, SessionLimits? limits = null)
    {
        limits ??= new SessionLimits();
        var admission = Admit(peer);
        _stage.Watch(Observable.Return(admission).NegotiateOptions(limits, new PathBlockSizes(), _stage.Scheduler).SendBlocks(limits, _stage.Scheduler));
        var seen = _stage.Run();
        Assert.That(peer.IsHeard, Is.False, "still subscribed to the replies");
        Assert.That(_store.OpenCount, Is.Zero, "content left open");
        return seen;
    }

    private Admission Admit(TestPeer peer) => peer.Admit(_stage) with { Content = _store.Open("file") };
}
