using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>A second opinion: Timeout and Retry once a session say what they say once a window, at the same times.</summary>
internal sealed class StockCompositionTests
{
    private static readonly string[] Scripts =
    [
        ".0 RRQ exact octet\n.1 ACK 1\n.2 ACK 2\n.3 ACK 3",
        ".0 RRQ big octet blksize=1000 tsize=0 windowsize=4\n.1 ACK 0\n.2 ACK 4\n.3 ACK 8\n.4 ERROR 0 bye",
        ".0 RRQ big octet tsize=0 blksize=1468\n.1 ERROR 8 User aborted\n.2 RRQ big octet blksize=1468\n.3 ACK 0\n.4 ERROR 4 abort",
        ".0 RRQ two octet",
        ".0 RRQ two octet blksize=1000",
        ".0 RRQ two octet blksize=500\n.01 ACK 0",
        ".0 RRQ ten octet\n.01 ACK 1",
        ".0 RRQ two octet\n.01 ACK 1",
        ".0 RRQ ten octet timeout=1\n.01 ACK 0\n.02 ACK 1",
        ".0 RRQ big octet blksize=1000 windowsize=8\n.05 ACK 0\n.10 ACK 8\n.15 ACK 11\n.151 ACK 11\n.152 ACK 11\n.2 ACK 19\n.25 ACK 27\n.30 ACK 35\n.35 ACK 40\n.40 ACK 41",
        ".0 RRQ big octet blksize=1000 windowsize=8\n.05 ACK 0\n.10 ACK 8\n.15 ACK 8\n.151 ACK 8\n.2 ACK 16\n.201 ACK 16\n.251 ACK 16\n.3 ERROR 0 enough",
        ".0 RRQ two octet\n.06 RRQ two octet\n.11 RRQ two octet\n.2 ACK 1\n.3 RRQ two octet\n.4 ACK 1\n.5 ACK 2",
        ".0 RRQ ten octet\n.1 ACK 0\n.2 ACK 2\n.3 ACK 65535\n.4 ACK 1\n.5 ACK 1\n.6 ACK 1\n.7 unreachable",
        ".0 RRQ ten octet\n1.4 ACK 1\n1.9 ACK 1\n4.0 ACK 2\n4.1 ACK 3\n40 ACK 4",
        ".0 RRQ two octet\n.1 ACK 1\n.15 end",
        ".0 RRQ ten octet\n.1 a: RRQ big octet windowsize=3\n.2 a: ACK 0\n.3 ACK 1\n.4 a: ACK 2\n.5 ACK 2\n.6 a: ACK 5\n.7 drain",
    ];

    [Test]
    public void Both_say_the_same_at_the_same_times([ValueSource(nameof(Scripts))] string script, [Values] bool isSlow, [Values] bool isFaulty)
    {
        Assert.That(Run(script, isSlow, isFaulty, byStockOperators: false), Is.EqualTo(Run(script, isSlow, isFaulty, byStockOperators: true)));
    }

    private static string Run(string script, bool isSlow, bool isFaulty, bool byStockOperators)
    {
        var store = new TestStore { IsSlow = isSlow, Fault = isFaulty ? (1200, "truncated") : null };
        store.Add("two", 600).Add("exact", 1024).Add("ten", 5119).Add("big", 40_000);
        // A slow disk answers every few milliseconds.
        var disk = isSlow ? string.Concat(Enumerable.Range(0, 60).Select(turn => $"{turn * 0.013 + 0.005:0.000} disk\n"))
            + string.Concat(Enumerable.Range(41, 40).Select(second => $"{second} disk\n")) : "";
        return new VirtualServer(store, byStockOperators: byStockOperators).Run(disk + script);
    }
}
