using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>A path that swallows large datagrams, as the server sees it: the OACK is answered, and DATA 1 never.</summary>
internal sealed class PipelineBlockSizeTests
{
    [Test]
    public void The_second_attempt_gets_smaller_blocks_and_so_does_the_next_file_once_they_have_got_through() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428
        0.01 2001: ACK 0
        5.00 2002: RRQ two octet blksize=1428
        5.01 2002: ERROR 0 x
        5.02 2002: RRQ ten octet blksize=1428
        5.03 2002: ACK 0
        5.04 2002: ACK 1
        5.05 2003: RRQ two octet blksize=1428
        """), Is.EqualTo("""
        2001 OACK blksize=1428
        2001 DATA 1 (1428 bytes)
        2001 DATA 1 (1428 bytes) again
        2002 OACK blksize=1428
        2002 from 1428 to 1372
        2002 OACK blksize=1372
        2002 DATA 1 (1372 bytes)
        2002 DATA 2 (1372 bytes)
        2003 OACK blksize=1372
        """));

    [Test]
    public void A_block_that_was_only_late_changes_nothing() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428
        0.01 2001: ACK 0
        0.50 2001: ACK 1
        0.51 2002: RRQ ten octet blksize=1428
        """), Does.Contain("2001 DATA 1 (1428 bytes) again").And.EndWith("2002 OACK blksize=1428"));

    [Test]
    public void An_offer_that_nobody_has_acknowledged_says_nothing_of_blocks() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428
        5.00 2002: RRQ ten octet blksize=1428
        """), Does.EndWith("2002 OACK blksize=1428"));

    [Test]
    public void Whoever_asks_for_the_file_in_anothers_name_does_not_shrink_blocks_that_have_just_arrived() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428
        0.01 2001: ACK 0
        0.02 2001: ACK 1
        1.00 666: RRQ ten octet blksize=1428
        1.01 666: ACK 0
        9.00 2002: RRQ ten octet blksize=1428
        """), Does.Contain("666 DATA 1 (1428 bytes) again").And.EndWith("2002 OACK blksize=1428"));

    [Test]
    public void A_copy_of_the_request_that_comes_late_finds_the_size_that_was_agreed() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428
        0.01 2001: ACK 0
        2.00 2001: RRQ ten octet blksize=1428
        """), Does.Contain("2001 DATA 1 (1428 bytes) again\n2001 OACK blksize=1428"));

    [Test]
    public void With_a_window_the_first_block_must_have_gone_out_twice() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428 windowsize=2
        0.01 2001: ACK 0
        5.00 2002: RRQ ten octet blksize=1428
        """), Does.EndWith("2002 from 1428 to 1372\n2002 OACK blksize=1372"));

    [Test]
    public void The_network_sets_the_size_for_all_files_when_what_it_quotes_has_to_be_sent_again() => Assert.That(Run("""
        0.00 2001: RRQ ten octet blksize=1428
        0.01 2001: ACK 0
        0.02 2001: too big 1400 DATA 1
        0.50 2001: ACK 1
        0.51 2001: ACK 2
        1.00 2002: RRQ two octet blksize=1428
        """), Is.EqualTo("""
        2001 OACK blksize=1428
        2001 DATA 1 (1428 bytes)
        2001 DATA 1 (1428 bytes) again
        2001 DATA 2 (1428 bytes)
        2001 DATA 3 (1428 bytes)
        2001 DATA 3 (1428 bytes) again
        2002 from 1428 to 1368
        2002 OACK blksize=1368
        2001 in fragments
        """));

    [TestCase("too big 600 DATA 1", Description = "the block arrives all the same")]
    [TestCase("too big 600 DATA 2", Description = "not sent yet")]
    [TestCase("too big 600 ACK 1", Description = "nothing that a server sends")]
    public void What_somebody_forges_who_sees_nothing_changes_nothing(string message) => Assert.That(Run($"""
        0.00 2001: RRQ ten octet blksize=1428
        0.01 2001: ACK 0
        0.02 2001: {message}
        0.05 2001: ACK 1
        1.00 2002: RRQ ten octet blksize=1428
        """), Does.Not.Contain("fragments").And.EndsWith("2002 OACK blksize=1428"));

    /// <summary>What was sent by five seconds, and a little more, without times and records.</summary>
    private static string Run(string script)
    {
        var server = new VirtualServer(new TestStore().Add("two", 600).Add("ten", 5119), new SessionLimits { Retries = 1 });
        server.Run(script);
        return string.Join('\n', server.Emissions
            .Select(emission => emission switch
            {
                { Kind: EmissionKind.Note, SessionNote: BlockSizeLowered lowered } => $"{lowered.Flow.Remote.Port} from {lowered.From} to {lowered.To}",
                { DatagramCount: > 0, Peer: { } peer } => $"{peer.Flow.Remote.Port} {emission}{(emission.IsRepeat ? " again" : "")}",
                _ => "",
            })
            .Where(line => line.Length > 0)
            // What is repeated in silence behind the script.
            .Reverse().SkipWhile(line => line.EndsWith("again", StringComparison.Ordinal)).Reverse()
            .Concat(server.Emissions.Select(emission => emission.Peer).OfType<Peer>().Distinct().Where(peer => peer.TakesFragments).Select(peer => $"{peer.Flow.Remote.Port} in fragments")));
    }
}
