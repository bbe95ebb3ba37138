using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>What the whole query says to a script of packets. Operators have their own tests beside this one.</summary>
internal sealed class PipelineTests
{
    [Test]
    public void Sends_a_file_block_by_block()
    {
        var server = new VirtualServer(new TestStore().Add("two", 600));
        Assert.That(server.Run("""
            0.00 RRQ two octet
            0.01 ACK 1
            0.02 ACK 2
            """), Is.EqualTo("""
            0.000 < RRQ two octet
            0.000 > DATA 1 (512 octets)
            0.010 < ACK 1
            0.010 > DATA 2 (88 octets)
            0.020 < ACK 2
            0.020 * complete: 600 octets, 2 blocks, 0 again
            """));
    }
}
