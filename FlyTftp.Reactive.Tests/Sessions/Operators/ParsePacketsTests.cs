using System.Reactive.Linq;
using CsCheck;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class ParsePacketsTests
{
    [Test]
    public void Bytes_become_a_packet_with_its_flow_and_length()
    {
        var packet = Parse(new Datagram(Stage.Flow, new byte[] { 0, 4, 1, 2 }));
        Assert.That(packet.Flow, Is.EqualTo(Stage.Flow));
        Assert.That(packet.Length, Is.EqualTo(4));
        Assert.That(packet.Packet.ToString(), Is.EqualTo("ACK 258"));
    }

    [Test]
    public void The_edges_buffer_may_be_used_again()
    {
        var buffer = PacketScript.Encode("RRQ file octet tsize=0");
        var packet = Parse(new Datagram(Stage.Flow, buffer));
        Array.Clear(buffer);
        Assert.That(packet.Packet.ToString(), Is.EqualTo("RRQ \"file\" octet tsize=0"));
    }

    // RFC 792: the quote begins with the header of what was not delivered; of the datagram there may be no more than the ports.
    [TestCase("", "Unreachable 0 False")]
    [TestCase("00 03", "Unreachable 0 False")]
    [TestCase("00 03 01 02 61", "Unreachable 258 True")]
    [TestCase("00 06 74 73 69 7a 65 00 30 00", "Unreachable 0 True")]
    [TestCase("00 05 00 01 78 00", "Unreachable 0 False")]
    [TestCase("00 04 00 01", "Malformed 0 True")]
    [TestCase("ff ff ff ff", "Malformed 0 True")]
    public void An_unreachable_port_is_a_packet_that_names_what_was_not_delivered(string quote, string packet)
    {
        var parsed = Parse(new Datagram(Stage.Flow, Convert.FromHexString(quote.Replace(" ", "")), IsUnreachable: true)).Packet;
        Assert.That($"{parsed.Kind} {parsed.Block} {parsed.HasQuote}", Is.EqualTo(packet));
    }

    [Test]
    public void Any_bytes_at_all_become_one_packet_and_never_an_error() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        // Half of them with an opcode that means something.
        if (bytes.Length > 1 && bytes[^1] % 2 == 0) (bytes[0], bytes[1]) = (0, (byte)(bytes[1] % 8));
        Assert.That(Parse(new Datagram(Stage.Flow, bytes)).Length, Is.EqualTo(bytes.Length));
    });

    [Test]
    public void Keeps_its_source_until_that_ends_or_nobody_listens()
    {
        var stage = new Stage();
        var datagram = new Datagram(Stage.Flow, new byte[] { 255 });
        var (ending, lasting) = (stage.Hot(2, (1, datagram)), stage.Hot(null, (1, datagram), (4, datagram)));
        stage.Watch(ending.ParsePackets(), packet => packet.Packet.ToString());
        var subscription = stage.Watch(lasting.ParsePackets(), packet => packet.Packet.Kind.ToString());
        stage.At(3, subscription.Dispose);
        Assert.That(stage.Run(), Is.EqualTo("1.000 malformed: shorter than an opcode\n1.000 Malformed\n2.000 |"));
        Assert.That((ending.Subscriptions, lasting.Subscriptions), Is.EqualTo(("0.000-2.000", "0.000-3.000")));
    }

    private static PeerPacket Parse(Datagram datagram) => Observable.Return(datagram).ParsePackets().Wait();
}
