using System.Globalization;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>
/// The rules of sending as the RFCs have them, case by case: a second opinion that shares no code with the one that sends. What was
/// said is looked at block by block, so that it does not matter how many leave at a time, nor when, unless the RFC says when.
/// </summary>
internal sealed partial class SendingRulesTests
{
    /// <param name="Rule">What the RFC says.</param>
    /// <param name="Script">What the client says; files: empty, two (600 bytes), exact (1024), ten (5119), big (40000).</param>
    /// <param name="Said">Everything that is said, by both.</param>
    public sealed record Case(string Rule, string Script, string Said)
    {
        public override string ToString() => Rule;
    }

    public static readonly Case[] Cases =
    [
        new("RFC 1350 §2: each DATA packet is acknowledged before the next is sent",
            "0 RRQ two octet / .3 ACK 1 / .6 ACK 2",
            "< RRQ two octet / DATA 1 / < ACK 1 / DATA 2 / < ACK 2"),
        new("RFC 1350 §2, §6: a DATA packet of less than the block size ends the transfer, be it empty",
            "0 RRQ exact octet / .3 ACK 1 / .6 ACK 2 / .9 ACK 3",
            "< RRQ exact octet / DATA 1 / < ACK 1 / DATA 2 / < ACK 2 / DATA 3 / < ACK 3"),
        new("RFC 1350 §6: an empty file is one empty DATA packet",
            "0 RRQ empty octet / .3 ACK 1",
            "< RRQ empty octet / DATA 1 / < ACK 1"),
        new("RFC 1350 §2, §7: an ERROR ends the transfer and is not answered",
            "0 RRQ two octet / .3 ERROR 0 bye / .6 ACK 1",
            "< RRQ two octet / DATA 1 / < ERROR 0 bye / < ACK 1"),
        new("RFC 1123 §4.2.3.1: an ACK that comes twice is answered once (the Sorcerer's Apprentice)",
            "0 RRQ exact octet / .3 ACK 1 / .35 ACK 1 / .6 ACK 2 / .65 ACK 2 / .65 ACK 1 / .9 ACK 3",
            "< RRQ exact octet / DATA 1 / < ACK 1 / DATA 2 / < ACK 1 / < ACK 2 / DATA 3 / < ACK 2 / < ACK 1 / < ACK 3"),
        new("RFC 1350 §2: an ACK of a block that was not sent says nothing",
            "0 RRQ two octet / .1 ACK 2 / .2 ACK 9 / .3 ACK 1 / .6 ACK 2",
            "< RRQ two octet / DATA 1 / < ACK 2 / < ACK 9 / < ACK 1 / DATA 2 / < ACK 2"),
        new("RFC 2347 §2: the OACK is acknowledged by ACK 0, and then comes DATA 1",
            "0 RRQ two octet blksize=1000 / .3 ACK 0 / .6 ACK 1",
            "< RRQ two octet blksize=1000 / OACK blksize=1000 / < ACK 0 / DATA 1 / < ACK 1"),
        new("RFC 2347 §2: an option that is not known is left out of the OACK",
            "0 RRQ two octet color=red blksize=1000 / .3 ACK 0 / .6 ACK 1",
            "< RRQ two octet color=red blksize=1000 / OACK blksize=1000 / < ACK 0 / DATA 1 / < ACK 1"),
        new("RFC 2347 §2: where no option is granted, the request is answered as if it had none",
            "0 RRQ two octet color=red / .3 ACK 1 / .6 ACK 2",
            "< RRQ two octet color=red / DATA 1 / < ACK 1 / DATA 2 / < ACK 2"),
        new("RFC 2347 §2: a client that does not like the OACK says ERROR 8, and no DATA comes",
            "0 RRQ two octet blksize=1000 / .3 ERROR 8 no",
            "< RRQ two octet blksize=1000 / OACK blksize=1000 / < ERROR 8 no"),
        new("RFC 2348 §2: a DATA packet of less than the granted block size ends the transfer",
            "0 RRQ exact octet blksize=1024 / .3 ACK 0 / .6 ACK 1 / .9 ACK 2",
            "< RRQ exact octet blksize=1024 / OACK blksize=1024 / < ACK 0 / DATA 1 / < ACK 1 / DATA 2 / < ACK 2"),
        new("RFC 2349 §3: tsize 0 is answered by the size of the file",
            "0 RRQ two octet tsize=0 / .3 ERROR 0 enough",
            "< RRQ two octet tsize=0 / OACK tsize=600 / < ERROR 0 enough"),
        new("RFC 2349 §2: a timeout that is granted is the one that was asked",
            "0 RRQ two octet timeout=1 / .3 ERROR 0 enough",
            "< RRQ two octet timeout=1 / OACK timeout=1 / < ERROR 0 enough"),
        new("RFC 7440 §3, §4: windowsize blocks leave before an ACK is waited for, and the last window is as short as the file is",
            "0 RRQ ten octet windowsize=4 / .3 ACK 0 / .6 ACK 4 / .9 ACK 8 / 1.2 ACK 10",
            "< RRQ ten octet windowsize=4 / OACK windowsize=4 / < ACK 0 / DATA 1..4 / < ACK 4 / DATA 5..8 / < ACK 8 / DATA 9..10 / < ACK 10"),
        new("RFC 7440 §4: an ACK inside the window says where it broke: the next window begins behind it",
            "0 RRQ ten octet windowsize=4 / .3 ACK 0 / .6 ACK 4 / .9 ACK 6 / 1.2 ACK 10",
            "< RRQ ten octet windowsize=4 / OACK windowsize=4 / < ACK 0 / DATA 1..4 / < ACK 4 / DATA 5..8 / < ACK 6 / DATA 7..10 / < ACK 10"),
        new("RFC 7440 §4: windowsize 1 is lock-step",
            "0 RRQ two octet windowsize=1 / .3 ACK 0 / .6 ACK 1 / .9 ACK 2",
            "< RRQ two octet windowsize=1 / OACK windowsize=1 / < ACK 0 / DATA 1 / < ACK 1 / DATA 2 / < ACK 2"),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Says_what_the_RFC_says_and_nothing_else(Case given) =>
        Assert.That(Run(given.Script).Select(said => said.Packet), Is.EqualTo(given.Said.Split(" / ").SelectMany(EachBlock)));

    [Test]
    public void RFC_6298_2_1_until_a_round_trip_is_measured_nothing_is_sent_again_within_a_second()
    {
        // An OACK: three times the request would not cover a second DATA 1.
        var sent = TimesOf(Run("0 RRQ two octet tsize=0"), "OACK tsize=600");
        Assert.That(sent, Has.Count.GreaterThan(1));
        Assert.That(sent[1] - sent[0], Is.GreaterThanOrEqualTo(1));
    }

    [TestCase(0.1, 0.3)]
    [TestCase(0.3, 0.9)]
    [TestCase(0.9, 2.7)]
    public void RFC_6298_2_2_after_the_first_round_trip_R_the_timeout_is_R_and_four_times_half_of_it(double roundTrip, double timeout)
    {
        var sent = TimesOf(Run($"0 RRQ two octet / {roundTrip.ToString(CultureInfo.InvariantCulture)} ACK 1"), "DATA 2");
        Assert.That(sent[1] - sent[0], Is.EqualTo(timeout).Within(0.0015));
    }

    [Test]
    public void RFC_6298_2_3_further_round_trips_move_it_by_an_eighth_and_a_quarter()
    {
        // R = 0.4: SRTT 0.4, RTTVAR 0.2. R' = 0.8: RTTVAR 0.75·0.2 + 0.25·|0.4 − 0.8| = 0.25, SRTT 0.875·0.4 + 0.125·0.8 = 0.45.
        var sent = TimesOf(Run("0 RRQ exact octet / .4 ACK 1 / 1.2 ACK 2"), "DATA 3");
        Assert.That(sent[1] - sent[0], Is.EqualTo(0.45 + (4 * 0.25)).Within(0.0015));
    }

    [Test]
    public void RFC_6298_5_5_every_timeout_doubles_the_next_up_to_a_bound()
    {
        var sent = TimesOf(Run("0 RRQ two octet / .1 ACK 1"), "DATA 2");
        var waits = sent.Zip(sent.Skip(1), (before, after) => after - before).ToList();
        Assert.That(waits, Has.Count.GreaterThan(4));
        for (var wait = 1; wait < waits.Count; wait++) Assert.That(waits[wait], Is.EqualTo(Math.Min(2 * waits[wait - 1], 8)).Within(0.003));
    }

    [Test]
    public void RFC_6298_3_and_5_3_what_was_sent_twice_is_not_measured_and_an_ack_that_moves_forward_ends_the_backing_off()
    {
        // Karn: the ACK comes 10 ms after the repeat, which says nothing of the round trip. The timeout was 0.3 s, became 0.6, and is 0.3 again.
        var sent = TimesOf(Run("0 RRQ exact octet / .1 ACK 1 / .41 ACK 2"), "DATA 3");
        Assert.That(sent[1] - sent[0], Is.EqualTo(0.3).Within(0.0015));
    }

    [Test]
    public void RFC_6298_5_4_what_is_sent_again_begins_with_the_first_block_that_is_not_acknowledged()
    {
        var said = Run("0 RRQ ten octet windowsize=4 / .3 ACK 0 / .6 ACK 4 / .9 ACK 6");
        Assert.That(TimesOf(said, "DATA 7"), Has.Count.GreaterThan(2), "sent, sent again after the gap, and again after a timeout");
        foreach (var acknowledged in (string[])["DATA 5", "DATA 6"]) Assert.That(TimesOf(said, acknowledged), Has.Count.EqualTo(1));
        foreach (var beyond in (string[])["DATA 11", "DATA 12"]) Assert.That(TimesOf(said, beyond), Is.Empty);
    }

    [Test]
    public void RFC_7440_4_a_client_that_got_nothing_of_the_first_window_says_so_by_its_own_timer_and_gets_its_ends_again()
    {
        var said = Run("0 RRQ ten octet windowsize=4 / .1 ACK 0 / 5.1 ACK 0 / 5.15 ACK 0 / 10.1 ACK 0 / 10.2 ACK 1 / 10.3 ACK 4");
        // By the server's own timer before that: 0.3 s, then 0.6 s, each longer by up to a half, so that not all that were switched on together overflow a queue again.
        foreach (var (block, expected) in ((string, double[])[])[("DATA 1", [0.1, 5.1, 10.1]), ("DATA 4", [0.1, 5.1, 10.1, 10.2]), ("DATA 3", [0.1, 10.2])])
        {
            var times = TimesOf(said, block);
            var byTimer = times.Where(static time => time is > 0.2 and < 2).ToList();
            Assert.That(times.Except(byTimer), Is.EqualTo(expected).Within(0.01), block);
            if (block == "DATA 3") continue;
            Assert.That(byTimer, Has.Count.EqualTo(2), block);
            Assert.That(byTimer[0] - 0.1, Is.InRange(0.3, 0.45), block);
            Assert.That(byTimer[1] - byTimer[0], Is.InRange(0.6, 0.9), block);
        }
    }

    [Test]
    public void RFC_7440_4_no_more_than_a_window_is_ever_unacknowledged([Values(1, 2, 7, 16)] int windowSize, [Values("4", "5", "6", "9")] string lost)
    {
        // The client hears nothing of one block, and acknowledges the one before it until it comes.
        var script = $"0 RRQ big octet windowsize={windowSize} / .3 ACK 0";
        for (var (time, ack) = (0.6, Math.Min(windowSize, int.Parse(lost, CultureInfo.InvariantCulture) - 1)); ack < 70; time += 0.3, ack += windowSize)
            script += string.Create(CultureInfo.InvariantCulture, $" / {time:0.0} ACK {ack}");
        var acknowledged = 0;
        foreach (var (_, packet) in Run(script))
        {
            if (Number("< ACK ", packet) is { } ack) acknowledged = Math.Max(acknowledged, ack);
            if (Number("DATA ", packet) is { } block) Assert.That(block, Is.InRange(acknowledged + 1, acknowledged + windowSize), packet);
        }
    }

    private static int? Number(string prefix, string packet) =>
        packet.StartsWith(prefix, StringComparison.Ordinal) ? int.Parse(packet.AsSpan(prefix.Length), CultureInfo.InvariantCulture) : null;

    private static List<double> TimesOf(IEnumerable<(double Time, string Packet)> said, string packet) =>
        [.. said.Where(line => line.Packet == packet).Select(line => line.Time)];

    /// <summary>What both said, a line for each block.</summary>
    private static List<(double Time, string Packet)> Run(string script)
    {
        var store = new TestStore().Add("empty", 0).Add("two", 600).Add("exact", 1024).Add("ten", 5119).Add("big", 40_000);
        var transcript = new VirtualServer(store).Run(script.Replace(" / ", "\n", StringComparison.Ordinal));
        return [.. transcript.Split('\n').Select(line => Line().Match(line)).Where(match => match.Success).SelectMany(match =>
            EachBlock(match.Groups["packet"].Value).Select(packet => (double.Parse(match.Groups["time"].ValueSpan, CultureInfo.InvariantCulture), packet)))];
    }

    private static IEnumerable<string> EachBlock(string packet)
    {
        if (packet.StartsWith("DATA", StringComparison.Ordinal) && packet.Split(", ") is [var one, var other]) return [one, $"DATA {other}"];
        if (Blocks().Match(packet) is not { Success: true } match) return [packet];
        var first = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return Enumerable.Range(first, int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) - first + 1).Select(block => $"DATA {block}");
    }

    // "0.300 > DATA 1..4 again" and "0.300 < ACK 4"; notes are no packets.
    [GeneratedRegex(@"^(?<time>[\d.]+) (> )?(?<packet>(< )?[A-Z].*?)( \(\d+ bytes\))?( again)?$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^DATA (\d+)\.\.(\d+)$")]
    private static partial Regex Blocks();
}
