using System.Text;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>Whole transfers: what the query says to a script of packets. Operators have their own tests beside this one.</summary>
internal sealed class PipelineTests
{
    [Test]
    public void Sends_a_file_block_by_block() => Assert.That(Run("""
        0.00 RRQ two octet
        0.01 ACK 1
        0.02 ACK 2
        """), Is.EqualTo("""
        0.000 < RRQ two octet
        0.000 > DATA 1 (512 bytes)
        0.010 < ACK 1
        0.010 > DATA 2 (88 bytes)
        0.020 < ACK 2
        0.020 * complete: 600 bytes, 2 blocks, 0 again
        """));

    [Test]
    public void Ends_an_exact_multiple_with_an_empty_block() => Assert.That(Run("""
        0.0 RRQ exact octet
        0.1 ACK 1
        0.2 ACK 2
        0.3 ACK 3
        """), Is.EqualTo("""
        0.000 < RRQ exact octet
        0.000 > DATA 1 (512 bytes)
        0.100 < ACK 1
        0.100 > DATA 2 (512 bytes)
        0.200 < ACK 2
        0.200 > DATA 3 (0 bytes)
        0.300 < ACK 3
        0.300 * complete: 1024 bytes, 3 blocks, 0 again
        """));

    [Test]
    public void Ends_an_exact_multiple_of_the_window_with_an_empty_block() => Assert.That(Run("""
        0.0 RRQ exact octet windowsize=2
        0.1 ACK 0
        0.2 ACK 2
        0.3 ACK 3
        """), Is.EqualTo("""
        0.000 < RRQ exact octet windowsize=2
        0.000 > OACK windowsize=2
        0.100 < ACK 0
        0.100 > DATA 1..2
        0.200 < ACK 2
        0.200 > DATA 3 (0 bytes)
        0.300 < ACK 3
        0.300 * complete: 1024 bytes, 3 blocks, 0 again
        """));

    [Test]
    public void Puts_the_empty_block_into_a_window_that_has_room() => Assert.That(Run("""
        0.0 RRQ exact octet windowsize=8
        0.1 ACK 0
        0.2 ACK 3
        """), Is.EqualTo("""
        0.000 < RRQ exact octet windowsize=8
        0.000 > OACK windowsize=8
        0.100 < ACK 0
        0.100 > DATA 1..3
        0.200 < ACK 3
        0.200 * complete: 1024 bytes, 3 blocks, 0 again
        """));

    [Test]
    public void Sends_an_empty_file_as_one_empty_block() => Assert.That(Run("""
        0.0 RRQ empty octet
        0.1 ACK 1
        """), Is.EqualTo("""
        0.000 < RRQ empty octet
        0.000 > DATA 1 (0 bytes)
        0.100 < ACK 1
        0.100 * complete: 0 bytes, 1 blocks, 0 again
        """));

    [Test]
    public void Says_the_size_of_an_empty_file() => Assert.That(Run("""
        0.0 RRQ empty octet tsize=0
        0.1 ACK 0
        0.2 ACK 1
        """), Is.EqualTo("""
        0.000 < RRQ empty octet tsize=0
        0.000 > OACK tsize=0
        0.100 < ACK 0
        0.100 > DATA 1 (0 bytes)
        0.200 < ACK 1
        0.200 * complete: 0 bytes, 1 blocks, 0 again
        """));

    [Test]
    public void Refuses_in_one_error_what_it_does_not_serve() => Assert.That(Run("""
        0.0 WRQ two octet
        0.1 OPCODE9 two octet
        0.2 RRQ two mail
        0.3 RRQ ../two octet
        0.4 RRQ nope octet
        0.5 WRQ two mail
        """), Is.EqualTo("""
        0.000 < WRQ two octet
        0.000 > ERROR 2 "read-only server"
        0.000 * refused: 0 bytes, 0 blocks, 0 again (read-only server)
        0.100 < OPCODE9 two octet
        0.100 > ERROR 4 "unknown opcode"
        0.100 * refused: 0 bytes, 0 blocks, 0 again (unknown opcode)
        0.200 < RRQ two mail
        0.200 > ERROR 4 "mode is neither octet nor netascii"
        0.200 * refused: 0 bytes, 0 blocks, 0 again (mode is neither octet nor netascii)
        0.300 < RRQ ../two octet
        0.300 > ERROR 2 "not served"
        0.300 * refused: 0 bytes, 0 blocks, 0 again (not served: ".." in it)
        0.400 < RRQ nope octet
        0.400 > ERROR 1 "file not found"
        0.400 * refused: 0 bytes, 0 blocks, 0 again (file not found)
        0.500 < WRQ two mail
        0.500 > ERROR 2 "read-only server"
        0.500 * refused: 0 bytes, 0 blocks, 0 again (read-only server)
        """));

    [Test]
    public void Keeps_interleaved_clients_apart() => Assert.That(Run("""
        0.00 a: RRQ two octet
        0.01 b: RRQ exact octet
        0.02 2001: RRQ two octet
        0.03 b: ACK 1
        0.04 a: ACK 1
        0.05 2001: ACK 1
        0.06 b: ACK 2
        0.07 a: ACK 2
        0.08 2001: ACK 2
        0.09 b: ACK 3
        """), Is.EqualTo("""
        0.000 a: < RRQ two octet
        0.000 a: > DATA 1 (512 bytes)
        0.010 b: < RRQ exact octet
        0.010 b: > DATA 1 (512 bytes)
        0.020 2001: < RRQ two octet
        0.020 2001: > DATA 1 (512 bytes)
        0.030 b: < ACK 1
        0.030 b: > DATA 2 (512 bytes)
        0.040 a: < ACK 1
        0.040 a: > DATA 2 (88 bytes)
        0.050 2001: < ACK 1
        0.050 2001: > DATA 2 (88 bytes)
        0.060 b: < ACK 2
        0.060 b: > DATA 3 (0 bytes)
        0.070 a: < ACK 2
        0.070 a: * complete: 600 bytes, 2 blocks, 0 again
        0.080 2001: < ACK 2
        0.080 2001: * complete: 600 bytes, 2 blocks, 0 again
        0.090 b: < ACK 3
        0.090 b: * complete: 1024 bytes, 3 blocks, 0 again
        """));

    [Test]
    public void Counts_on_from_65535_to_0_in_a_large_file()
    {
        const int length = 34 << 20;
        var network = new ModelNetwork(new TestStore().Add("large", length));
        var client = new ModelClient { File = "large" };
        network.Add(client);
        network.Run();

        // 69632 full blocks and the empty one; the client takes a block only under the number that follows the one before.
        Assert.That(network.Ended.Single(), Has.Property(nameof(SessionEnded.Outcome)).EqualTo(Outcome.Complete)
            .And.Property(nameof(SessionEnded.Blocks)).EqualTo((length / 512) + 1)
            .And.Property(nameof(SessionEnded.Bytes)).EqualTo(length)
            .And.Property(nameof(SessionEnded.Retransmissions)).EqualTo(0));
        Assert.That(client.Received.AsSpan().SequenceEqual(TestStore.Pattern(length)));
    }

    [Test]
    public void Counts_on_from_65535_to_0_within_a_window()
    {
        const int blocks = 65_600;
        var network = new ModelNetwork(new TestStore().Add("large", (blocks * 8) - 1), faults: new NetworkFaults(Loss: 1), seed: 7);
        var client = new ModelClient { File = "large", BlockSize = 8, WindowSize = 60 };
        network.Add(client);
        network.Run();
        Assert.That(network.Ended.Single().Blocks, Is.EqualTo(blocks));
        Assert.That(client.Received.AsSpan().SequenceEqual(TestStore.Pattern((blocks * 8) - 1)));
    }

    [Test]
    public void Serves_thousands_of_clients_at_a_time()
    {
        const int count = 2_000;
        var network = new ModelNetwork(new TestStore().Add("boot", 1_999));
        var clients = Enumerable.Range(0, count).Select(number => new ModelClient
        {
            File = "boot",
            Flow = new Flow(Endpoint.IPv4(0x0A00_0000 + ((uint)number * 256), 2000), ModelNetwork.Local),
            BlockSize = 1000,
        }).ToList();
        clients.ForEach(network.Add);
        network.Run();

        Assert.That(clients, Has.All.Property(nameof(ModelClient.IsComplete)).True);
        Assert.That(network.Ended.Count(end => end.Outcome == Outcome.Complete), Is.EqualTo(count));
        // OACK and two blocks, each a round trip of 20 ms: nobody waited for anybody.
        Assert.That(clients.Max(client => client.Duration), Is.EqualTo(TimeSpan.FromMilliseconds(60)));
    }

    [Test]
    public void The_record_of_a_session_has_everything()
    {
        var server = Server();
        server.Run("""
            0.0 RRQ ten octet blksize=1024 tsize=0
            0.1 ACK 0
            0.2 ACK 1
            0.3 ACK 2
            1.3 ACK 3
            1.4 ACK 4
            1.5 ACK 5
            """);
        var end = server.Ended.Single();
        Assert.Multiple(() =>
        {
            Assert.That(end.Outcome, Is.EqualTo(Outcome.Complete));
            Assert.That(end.Request.FileName, Is.EqualTo("ten"));
            Assert.That(end.Granted.ToString(), Is.EqualTo("blksize=1024 tsize=5119"));
            Assert.That(end.Size, Is.EqualTo(5119));
            Assert.That(end.Bytes, Is.EqualTo(5119));
            Assert.That(end.Blocks, Is.EqualTo(5));
            // Every answer but one takes 100 ms; DATA 3 is sent again 262.5 and then 525 ms later, and its ACK measures nothing (Karn).
            Assert.That(end.Retransmissions, Is.EqualTo(2));
            Assert.That(end.RoundTrip, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
            Assert.That(end.Duration, Is.EqualTo(TimeSpan.FromSeconds(1.5)));
            Assert.That(end.Flow.Remote.ToString(), Is.EqualTo("192.0.2.1:2000"));
            Assert.That(end.Flow.Local.ToString(), Is.EqualTo("198.51.100.1:69"));
            Assert.That(end.Refusal, Is.Null);
            Assert.That(end.Detail, Is.Null);
        });
    }

    [Test]
    public void Sends_netascii_with_its_line_ends()
    {
        // CR LF, CR NUL and the pair that block 1 cuts in two (RFC 1350 §1, RFC 764).
        var text = "a\nb\rc" + new string('x', 504) + "\nend";
        var network = new ModelNetwork(new TestStore().Add("text", text));
        var client = new ModelClient { File = "text", Mode = "NetASCII" };
        network.Add(client);
        network.Run();
        Assert.That(Encoding.UTF8.GetString(client.Received), Is.EqualTo("a\r\nb\r\0c" + new string('x', 504) + "\r\nend"));
        Assert.That(network.Ended.Single().Blocks, Is.EqualTo(2));
    }

    [Test]
    public void Says_the_size_of_netascii_as_sent_or_not_at_all()
    {
        var transcript = Lines(new VirtualServer(new TestStore().Add("text", "a\nb\n")).Run("0 RRQ text netascii tsize=0 blksize=8"));
        Assert.That(transcript[1], Is.EqualTo("0.000 > OACK tsize=6 blksize=8").Or.EqualTo("0.000 > OACK blksize=8"));
    }

    private static string Run(string script, SessionLimits? limits = null) => Server(limits).Run(script);

    private static VirtualServer Server(SessionLimits? limits = null) => new(
        new TestStore().Add("two", 600).Add("exact", 1024).Add("empty", 0).Add("ten", 5119).Add("big", 40_000).Add("huge", 70_000), limits);

    private static string[] Lines(string transcript) => transcript.Split('\n');
}
