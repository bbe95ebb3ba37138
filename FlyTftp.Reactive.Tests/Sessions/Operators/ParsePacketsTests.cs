using System.Reactive.Subjects;
using CsCheck;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class ParsePacketsTests
{
    private readonly Subject<Datagram> _arrivals = new();
    private readonly List<PeerPacket> _packets = [];

    [SetUp]
    public void Listen()
    {
        _packets.Clear();
        _arrivals.ParsePackets().Subscribe(_packets.Add);
    }

    [Test]
    public void Octets_become_a_packet_with_its_flow_and_length()
    {
        Arrive(0, 4, 1, 2);
        Assert.That(_packets.Single(), Is.EqualTo(new PeerPacket(Stage.Flow, _packets[0].Packet, 4)));
        Assert.That(_packets[0].Packet.ToString(), Is.EqualTo("ACK 258"));
    }

    [Test]
    public void The_edges_buffer_may_be_used_again()
    {
        var buffer = PacketScript.Encode("RRQ file octet tsize=0");
        _arrivals.OnNext(new Datagram(Stage.Flow, buffer));
        Array.Clear(buffer);
        Assert.That(_packets.Single().Packet.ToString(), Is.EqualTo("RRQ \"file\" octet tsize=0"));
    }

    [Test]
    public void An_unreachable_port_is_a_packet_whatever_its_payload()
    {
        _arrivals.OnNext(new Datagram(Stage.Flow, new byte[] { 0, 4, 0, 1 }, IsUnreachable: true));
        Assert.That(_packets.Single().Packet.Kind, Is.EqualTo(PacketKind.Unreachable));
    }

    [Test]
    public void Any_octets_at_all_become_one_packet_and_never_an_error() => Gen.Byte.Array[0, 40].Sample(octets =>
    {
        if (octets.Length > 1) octets[0] = 0;
        var packets = new List<PeerPacket>();
        var arrivals = new Subject<Datagram>();
        arrivals.ParsePackets().Subscribe(packets.Add, error => Assert.Fail(error.Message));
        arrivals.OnNext(new Datagram(Stage.Flow, octets));
        Assert.That(packets, Has.Count.EqualTo(1));
    });

    private void Arrive(params byte[] octets) => _arrivals.OnNext(new Datagram(Stage.Flow, octets));
}
