using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>What somebody can do to a transfer who sees nothing of it and knows its addresses and ports, and what a client does that looks the same.</summary>
internal sealed class PipelineOffPathTests
{
    [TestCase("ERROR 0 x")]
    [TestCase("unreachable")]
    public void An_ack_that_goes_forward_revives_what_an_error_has_put_aside(string error) => Assert.That(Run($"""
        0.00 RRQ ten octet
        0.01 ACK 1
        0.02 {error}
        0.03 ACK 1
        0.04 ACK 2
        0.05 {error}
        0.30 ACK 3
        """).Replace("0.020 < ERROR 0 x\n", "").Replace("0.050 < ERROR 0 x\n", ""), Is.EqualTo($"""
        0.000 < RRQ ten octet
        0.000 > DATA 1 (512 bytes)
        0.010 < ACK 1
        0.010 > DATA 2 (512 bytes)
        0.030 < ACK 1
        0.040 < ACK 2
        0.040 > DATA 3 (512 bytes)
        0.240 * closed: 1024 bytes, 2 blocks, 0 again ({(error == "unreachable" ? "ICMP port unreachable" : "ERROR 0 \"x\"")})
        0.300 < ACK 3
        0.300 * ignored: Stray
        """));

    [Test]
    public void A_request_that_comes_into_a_transfer_waits_as_long_as_that_may_go_on() => Assert.That(Run("""
        0.00 RRQ ten octet
        0.01 ACK 1
        0.02 ACK 2
        0.03 RRQ nope octet
        1.20 ACK 3
        1.21 RRQ nope octet
        """), Is.EqualTo("""
        0.000 < RRQ ten octet
        0.000 > DATA 1 (512 bytes)
        0.010 < ACK 1
        0.010 > DATA 2 (512 bytes)
        0.020 < ACK 2
        0.020 > DATA 3 (512 bytes)
        0.030 < RRQ nope octet
        0.220 > DATA 3 (512 bytes) again
        0.620 > DATA 3 (512 bytes) again
        1.200 < ACK 3
        1.200 > DATA 4 (512 bytes)
        1.210 < RRQ nope octet
        1.400 > DATA 4 (512 bytes) again
        1.800 > DATA 4 (512 bytes) again
        2.600 > DATA 4 (512 bytes) again
        4.200 > DATA 4 (512 bytes) again
        4.210 * closed: 1536 bytes, 3 blocks, 6 again (superseded)
        4.210 > ERROR 1 "file not found"
        4.210 * refused: 0 bytes, 0 blocks, 0 again (file not found)
        """));

    [TestCase("RRQ empty octet", 0.3, "", TestName = "A_request_that_comes_again_is_served_at_once")]
    [TestCase("RRQ empty octet", 0.06, "ERROR 0 x", TestName = "After_an_ERROR_a_request_waits_for_the_answer_that_may_be_on_its_way")]
    [TestCase("RRQ ten octet", 0.06, "", TestName = "The_same_file_again_is_asked_for_by_who_knows_of_the_transfer")]
    public void Served_sooner(string request, double at, string before)
    {
        var again = at > 0.25 ? $"0.30 {request}" : "";
        var said = Run($"""
            0.00 RRQ ten octet
            0.01 ACK 1
            {(before.Length > 0 ? $"0.015 {before}" : "")}
            0.02 {request}
            {again}
            """).Split('\n');
        var served = said.Last(line => line.Contains("> DATA 1 ", StringComparison.Ordinal) && !line.EndsWith("again", StringComparison.Ordinal));
        Assert.That(double.Parse(served.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(at).Within(0.02), string.Join('\n', said));
    }

    [Test]
    public void A_request_that_waits_is_served_when_the_transfer_before_it_completes() => Assert.That(Run("""
        0.00 RRQ two octet
        0.01 ACK 1
        0.02 RRQ empty octet
        0.03 ACK 2
        0.04 ACK 1
        """), Is.EqualTo("""
        0.000 < RRQ two octet
        0.000 > DATA 1 (512 bytes)
        0.010 < ACK 1
        0.010 > DATA 2 (88 bytes)
        0.020 < RRQ empty octet
        0.030 < ACK 2
        0.030 * complete: 600 bytes, 2 blocks, 0 again
        0.030 > DATA 1 (0 bytes)
        0.040 < ACK 1
        0.040 * complete: 0 bytes, 1 blocks, 0 again
        """));

    [Test]
    public void The_same_request_again_is_answered_at_once_but_not_in_the_same_quarter_of_a_second() => Assert.That(Run("""
        0.00 RRQ ten octet tsize=0
        0.10 RRQ ten octet tsize=0
        0.30 RRQ ten octet tsize=0
        0.40 RRQ ten octet tsize=0
        0.60 ACK 0
        0.61 RRQ ten octet tsize=0
        """).Split('\n')[..9], Is.EqualTo("""
        0.000 < RRQ ten octet tsize=0
        0.000 > OACK tsize=5120
        0.100 < RRQ ten octet tsize=0
        0.300 < RRQ ten octet tsize=0
        0.300 > OACK tsize=5120 again
        0.400 < RRQ ten octet tsize=0
        0.600 < ACK 0
        0.600 > DATA 1 (512 bytes)
        0.610 < RRQ ten octet tsize=0
        """.Split('\n')));

    private static string Run(string script) =>
        new VirtualServer(new TestStore().Add("ten", 5120).Add("two", 600).Add("empty", 0)).Run(script);
}
