using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>How sessions and the server end, and what never begins.</summary>
internal sealed class PipelineEndTests
{
    // Before anything is acknowledged; RFC 2347 §2 has 8 for the refusal of an OACK.
    [TestCase("RRQ ten octet", "ERROR 0 x", "closed: 0 bytes, 0 blocks, 0 again (ERROR 0 \"x\")")]
    [TestCase("RRQ ten octet", "ERROR 8 x", "closed: 0 bytes, 0 blocks, 0 again (ERROR 8 \"x\")")]
    [TestCase("RRQ ten octet tsize=0", "ERROR 0 x", "probe: 0 bytes, 0 blocks, 0 again (ERROR 0 \"x\")")]
    [TestCase("RRQ ten octet tsize=0", "ERROR 8 x", "probe: 0 bytes, 0 blocks, 0 again (ERROR 8 \"x\")")]
    [TestCase("RRQ ten octet tsize=0", "ERROR 4 x", "closed: 0 bytes, 0 blocks, 0 again (ERROR 4 \"x\")")]
    [TestCase("RRQ ten octet tsize=0", "ERROR 99 x", "closed: 0 bytes, 0 blocks, 0 again (ERROR 99 \"x\")")]
    // Without its text, and without that text's end.
    [TestCase("RRQ ten octet tsize=0", "00 05 00 08", "probe: 0 bytes, 0 blocks, 0 again (ERROR 8 \"\")")]
    [TestCase("RRQ ten octet", "00 05 00 00 78 1b", "closed: 0 bytes, 0 blocks, 0 again (ERROR 0 \"x\\x1B\")")]
    [TestCase("RRQ ten octet", "unreachable", "closed: 0 bytes, 0 blocks, 0 again (ICMP port unreachable)")]
    public void An_error_right_after_the_answer_ends_the_session(string request, string error, string end) =>
        Assert.That(Last(Run($"0 {request}\n.1 {error}")), Is.EqualTo($"0.100 * {end}"));

    // It may be forged by somebody who sees nothing of the transfer: the retransmission timer decides, 0.2 s after DATA 2 at the earliest.
    [TestCase("ERROR 0 x", "closed: 512 bytes, 1 blocks, 0 again (ERROR 0 \"x\")")]
    [TestCase("ERROR 8 x", "closed: 512 bytes, 1 blocks, 0 again (ERROR 8 \"x\")")]
    [TestCase("ERROR 3 x", "closed: 512 bytes, 1 blocks, 0 again (ERROR 3 \"x\")")]
    [TestCase("unreachable", "closed: 512 bytes, 1 blocks, 0 again (ICMP port unreachable)")]
    public void An_error_in_mid_transfer_ends_the_session_in_silence(string error, string end) =>
        Assert.That(Last(Run($"0 RRQ ten octet\n.1 ACK 1\n.2 {error}")), Is.EqualTo($"0.400 * {end}"));

    [Test]
    public void A_size_that_was_accepted_is_no_probe_any_more() =>
        Assert.That(Last(Run("0 RRQ ten octet tsize=0\n.1 ACK 0\n.2 ERROR 0 x")), Does.StartWith("0.200 * closed: "));

    // A ROM that has its last block may just go away: that says nothing about the file.
    [TestCase("unreachable", "unconfirmed: 512 bytes, 1 blocks, 0 again (ICMP port unreachable)")]
    [TestCase("RRQ nope octet", "unconfirmed: 512 bytes, 1 blocks, 0 again (superseded)")]
    [TestCase("ERROR 0 x", "closed: 512 bytes, 1 blocks, 0 again (ERROR 0 \"x\")")]
    public void Going_away_after_the_last_block_is_unconfirmed(string goodbye, string end) =>
        Assert.That(Run($"0 RRQ two octet\n.1 ACK 1\n.2 {goodbye}"), Does.Contain($" * {end}"));

    // Or a few forged requests a second would keep all sessions taken.
    [TestCase("0 RRQ ten octet timeout=255", "31.000 * gave-up: 0 bytes, 0 blocks, 0 again")]
    [TestCase("0 RRQ ten octet tsize=0 timeout=20", "31.000 * gave-up: 0 bytes, 0 blocks, 1 again")]
    [TestCase("0 RRQ ten octet tsize=0 timeout=255\n.1 ACK 0", "33.400 * gave-up: 0 bytes, 0 blocks, 1 again")]
    public void Who_has_proven_nothing_is_not_waited_for_however_long_a_timeout_he_asks(string script, string end) =>
        Assert.That(Last(Run(script)), Is.EqualTo(end));

    [Test]
    public void A_client_that_is_known_is_waited_for_as_long_as_it_has_asked() =>
        Assert.That(Last(Run("0 RRQ ten octet timeout=60\n.2 ACK 1")), Does.Match(@"^18\d\.\d+ \* gave-up"), "three times a minute");

    [Test]
    public void A_write_of_the_same_name_is_no_repeat_of_the_read() =>
        Assert.That(Run("0 RRQ ten octet\n.1 WRQ ten octet"), Does.Contain("0.100 > ERROR 2 \"read-only server\""));

    [Test]
    public void Strangers_get_no_answer_to_anything_but_a_request() => Assert.That(Run("""
        0.00 ACK 1
        0.01 ACK 0
        0.02 DATA 1
        0.03 OACK blksize=8
        0.04 ERROR 0 x
        0.05 ERROR 5 unknown transfer ID
        0.06 00
        0.07 ff ff
        0.08 00 02
        0.09 00 02 61 00 6f
        0.10 00 02 00 6f 63 74 65 74 00
        0.11 00 04 00
        0.12 00 03
        0.13 b: unreachable
        0.14 port0: RRQ two octet
        0.15 port0: WRQ two octet
        0.16 port0: ACK 1
        """), Is.EqualTo("""
        0.000 < ACK 1
        0.000 * ignored: Stray
        0.010 < ACK 0
        0.010 * ignored: Stray
        0.020 < DATA 1
        0.020 * ignored: Stray
        0.030 < OACK blksize=8
        0.030 * ignored: Stray
        0.040 < ERROR 0 x
        0.040 * ignored: Stray
        0.050 < ERROR 5 unknown transfer ID
        0.050 * ignored: Stray
        0.060 < 00
        0.060 * ignored: Malformed
        0.070 < ff ff
        0.070 * ignored: Malformed
        0.080 < 00 02
        0.080 * ignored: Malformed
        0.090 < 00 02 61 00 6f
        0.090 * ignored: Malformed
        0.100 < 00 02 00 6f 63 74 65 74 00
        0.100 * ignored: Malformed
        0.110 < 00 04 00
        0.110 * ignored: Malformed
        0.120 < 00 03
        0.120 * ignored: Malformed
        0.130 b: * ignored: Stray
        0.140 port0: < RRQ two octet
        0.140 port0: * ignored: PortZero
        0.150 port0: < WRQ two octet
        0.150 port0: * ignored: PortZero
        0.160 port0: < ACK 1
        0.160 port0: * ignored: Stray
        """));

    [Test]
    public void Packets_that_mean_nothing_here_do_not_disturb_a_session() => Assert.That(Run("""
        0.0 RRQ two octet
        0.1 DATA 1
        0.2 OACK blksize=8
        0.3 ff ff
        0.4 00
        0.5 2001: ACK 1
        0.6 ACK 1
        0.7 ACK 2
        """), Is.EqualTo("""
        0.000 < RRQ two octet
        0.000 > DATA 1 (512 bytes)
        0.100 < DATA 1
        0.200 < OACK blksize=8
        0.300 < ff ff
        0.400 < 00
        0.500 2001: < ACK 1
        0.500 2001: * ignored: Stray
        0.600 < ACK 1
        0.600 > DATA 2 (88 bytes)
        0.700 < ACK 2
        0.700 * complete: 600 bytes, 2 blocks, 0 again
        """));

    [Test]
    public void Draining_lets_running_sessions_finish()
    {
        var server = Server();
        Assert.That(server.Run("""
            0.0 RRQ two octet
            0.1 drain
            0.2 b: RRQ two octet
            0.3 ACK 1
            0.4 ACK 2
            0.5 b: RRQ two octet
            """), Is.EqualTo("""
            0.000 < RRQ two octet
            0.000 > DATA 1 (512 bytes)
            0.200 b: < RRQ two octet
            0.200 b: * ignored: Draining
            0.300 < ACK 1
            0.300 > DATA 2 (88 bytes)
            0.400 < ACK 2
            0.400 * complete: 600 bytes, 2 blocks, 0 again
            0.500 b: < RRQ two octet
            """));
        Assert.That(server.IsCompleted);
    }

    [TestCase("0 drain")]
    [TestCase("0 end")]
    [TestCase("0 drain\n1 end")]
    [TestCase("0 RRQ nope octet\n1 end")]
    public void An_idle_server_ends_at_once(string script)
    {
        var server = Server();
        server.Run(script);
        Assert.That(server.IsCompleted);
    }

    [Test]
    public void A_server_that_nobody_stops_goes_on()
    {
        var server = Server();
        server.Run("0 RRQ two octet\n.1 ACK 1\n.2 ACK 2");
        Assert.That(server.IsCompleted, Is.False);
    }

    [Test]
    public void The_end_of_input_is_silence_and_no_ack()
    {
        var server = Server();
        // Trap 1 of the design: a wait that completes with its input would send the rest of the file in one instant.
        Assert.That(server.Run("""
            0.00 RRQ ten octet tsize=0
            0.10 ACK 0
            0.20 ACK 1
            0.25 end
            """), Is.EqualTo("""
            0.000 < RRQ ten octet tsize=0
            0.000 > OACK tsize=5119
            0.100 < ACK 0
            0.100 > DATA 1 (512 bytes)
            0.200 < ACK 1
            0.200 > DATA 2 (512 bytes)
            0.450 > DATA 2 (512 bytes) again
            0.950 > DATA 2 (512 bytes) again
            1.950 > DATA 2 (512 bytes) again
            3.950 > DATA 2 (512 bytes) again
            7.950 > DATA 2 (512 bytes) again
            15.950 > DATA 2 (512 bytes) again
            23.950 > DATA 2 (512 bytes) again
            31.950 > DATA 2 (512 bytes) again
            39.950 * gave-up: 512 bytes, 1 blocks, 8 again
            """));
        Assert.That(server.IsCompleted);
    }

    [Test]
    public void The_end_of_input_closes_what_waits_for_a_disk()
    {
        var store = new TestStore { IsSlow = true }.Add("ten", 5119);
        var server = new VirtualServer(store);
        Assert.That(server.Run("""
            0.0 RRQ ten octet
            0.1 end
            0.2 disk
            """), Does.StartWith("0.000 < RRQ ten octet\n0.200 > DATA 1 (512 bytes)\n").And.Not.Contain("left"));
        Assert.That(server.IsCompleted);
    }

    [Test]
    public void A_file_that_was_truncated_ends_in_an_error_and_never_in_wrong_bytes()
    {
        var server = new VirtualServer(new TestStore { Fault = (1200, "truncated") }.Add("ten", 5119));
        Assert.That(server.Run("""
            0.0 RRQ ten octet
            0.1 ACK 1
            0.2 ACK 2
            0.3 ACK 3
            """), Is.EqualTo("""
            0.000 < RRQ ten octet
            0.000 > DATA 1 (512 bytes)
            0.100 < ACK 1
            0.100 > DATA 2 (512 bytes)
            0.200 < ACK 2
            0.200 > ERROR 0 "truncated"
            0.200 * faulted: 1024 bytes, 2 blocks, 0 again (truncated)
            0.300 < ACK 3
            0.300 * ignored: Stray
            """));
    }

    [Test]
    public void Requests_beyond_the_limit_of_sessions_get_silence_until_there_is_room() => Assert.That(Run("""
        0.0 RRQ two octet
        0.05 ACK 1
        0.1 b: RRQ two octet
        0.2 b: WRQ two octet
        0.4 ACK 2
        0.5 b: RRQ empty octet
        0.6 b: ACK 1
        """, new SessionLimits { SessionsMax = 1 }), Is.EqualTo("""
        0.000 < RRQ two octet
        0.000 > DATA 1 (512 bytes)
        0.050 < ACK 1
        0.050 > DATA 2 (88 bytes)
        0.100 b: < RRQ two octet
        0.100 b: * ignored: TooManySessions
        0.200 b: < WRQ two octet
        0.200 b: * ignored: TooManySessions
        0.250 > DATA 2 (88 bytes) again
        0.400 < ACK 2
        0.400 * complete: 600 bytes, 2 blocks, 1 again
        0.500 b: < RRQ empty octet
        0.500 b: > DATA 1 (0 bytes)
        0.600 b: < ACK 1
        0.600 b: * complete: 0 bytes, 1 blocks, 0 again
        """));

    private static string Run(string script, SessionLimits? limits = null) => Server(limits).Run(script);

    private static string Last(string transcript) => transcript.Split('\n')[^1];

    private static VirtualServer Server(SessionLimits? limits = null) =>
        new(new TestStore().Add("two", 600).Add("empty", 0).Add("ten", 5119), limits);
}
