using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>What the query makes of a request's options.</summary>
internal sealed class PipelineOptionsTests
{
    [Test]
    public void Sends_windows_with_the_options_asked_for() => Assert.That(Run("""
        0.0 RRQ ten octet blksize=1000 tsize=0 windowsize=2
        0.1 ACK 0
        0.2 ACK 2
        0.3 ACK 4
        0.4 ACK 6
        """), Is.EqualTo("""
        0.000 < RRQ ten octet blksize=1000 tsize=0 windowsize=2
        0.000 > OACK blksize=1000 tsize=5119 windowsize=2
        0.100 < ACK 0
        0.100 > DATA 1..2
        0.200 < ACK 2
        0.200 > DATA 3..4
        0.300 < ACK 4
        0.300 > DATA 5..6
        0.400 < ACK 6
        0.400 * complete: 5119 bytes, 6 blocks, 0 again
        """));

    [Test]
    public void Answers_options_it_cannot_grant_with_the_first_block() => Assert.That(Run("""
        0.0 RRQ two octet blksize=7 utimeout=500 timeout=0
        0.1 ACK 1
        0.2 ACK 2
        """), Is.EqualTo("""
        0.000 < RRQ two octet blksize=7 utimeout=500 timeout=0
        0.000 > DATA 1 (512 bytes)
        0.100 < ACK 1
        0.100 > DATA 2 (88 bytes)
        0.200 < ACK 2
        0.200 * complete: 600 bytes, 2 blocks, 0 again
        """));

    // RFC 2348 §2, RFC 2349 §2 and §3, RFC 7440 §3; names case-blind and echoed as asked (RFC 2347 §1).
    [TestCase("blksize=8", "OACK blksize=8")]
    [TestCase("blksize=7 tsize=0", "OACK tsize=40000")]
    [TestCase("blksize=65464", "OACK blksize=65464")]
    [TestCase("blksize=65465 tsize=0", "OACK blksize=65464 tsize=40000")]
    [TestCase("blksize=-8 tsize=0", "OACK tsize=40000")]
    [TestCase("timeout=1", "OACK timeout=1")]
    [TestCase("timeout=2", "DATA 1 (512 bytes)")]
    [TestCase("timeout=255 tsize=0", "OACK tsize=40000")]
    [TestCase("timeout=0 tsize=0", "OACK tsize=40000")]
    [TestCase("timeout=256 tsize=0", "OACK tsize=40000")]
    [TestCase("windowsize=1", "OACK windowsize=1")]
    [TestCase("windowsize=0 tsize=0", "OACK tsize=40000")]
    [TestCase("windowsize=65", "OACK windowsize=64")]
    [TestCase("windowsize=65535", "OACK windowsize=64")]
    [TestCase("windowsize=65536 tsize=0", "OACK tsize=40000")]
    // 128 KiB in flight: 16 blocks of 8192, 2 of 65464, but always one.
    [TestCase("windowsize=64 blksize=8192", "OACK windowsize=16 blksize=8192")]
    [TestCase("windowsize=64 blksize=65464", "OACK windowsize=2 blksize=65464")]
    [TestCase("tsize=12345", "OACK tsize=40000")]
    [TestCase("tsize=x blksize=9", "OACK blksize=9")]
    [TestCase("BlkSize=1000 TSIZE=0", "OACK BlkSize=1000 TSIZE=40000")]
    [TestCase("blksize=1000 blksize=2000", "OACK blksize=1000")]
    [TestCase("blksize2=1000 tsize=0", "OACK tsize=40000")]
    public void Grants_options_within_their_bounds(string asked, string answer) =>
        Assert.That(Lines(Run($"0 RRQ big octet {asked}"))[1], Is.EqualTo($"0.000 > {answer}"));

    [Test]
    public void Grants_no_larger_block_than_the_path_carries() => Assert.That(Run("""
        0.0 RRQ ten octet blksize=1468
        0.1 ACK 0
        0.2 ERROR 0 enough
        """, new SessionLimits { BlockSizeMax = _ => 1372 }), Is.EqualTo("""
        0.000 < RRQ ten octet blksize=1468
        0.000 > OACK blksize=1372
        0.100 < ACK 0
        0.100 > DATA 1 (1372 bytes)
        0.200 < ERROR 0 enough
        0.200 * closed: 0 bytes, 0 blocks, 0 again (ERROR 0 "enough")
        """));

    [Test]
    public void Sends_the_largest_block_there_is() => Assert.That(Run("""
        0.0 RRQ huge octet blksize=65464
        0.1 ACK 0
        0.2 ACK 1
        0.3 ACK 2
        """), Is.EqualTo("""
        0.000 < RRQ huge octet blksize=65464
        0.000 > OACK blksize=65464
        0.100 < ACK 0
        0.100 > DATA 1 (65464 bytes)
        0.200 < ACK 1
        0.200 > DATA 2 (4536 bytes)
        0.300 < ACK 2
        0.300 * complete: 70000 bytes, 2 blocks, 0 again
        """));

    private static string Run(string script, SessionLimits? limits = null) => Server(limits).Run(script);

    private static VirtualServer Server(SessionLimits? limits = null) => new(
        new TestStore().Add("two", 600).Add("exact", 1024).Add("empty", 0).Add("ten", 5119).Add("big", 40_000).Add("huge", 70_000), limits);

    private static string[] Lines(string transcript) => transcript.Split('\n');
}
