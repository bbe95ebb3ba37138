using System.Net;
using FlyTftp.Reactive.Replay;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Replay.Walks;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay;

public class ConversationsTests
{
    private static readonly Endpoint Client = Endpoint.From(IPAddress.Parse("192.0.2.1"), 2000), Listener = Endpoint.From(IPAddress.Parse("198.51.100.1"), 69);
    private readonly List<RecordedSession> _closed = [];
    private Conversations _conversations = null!;
    private uint _identification;

    [SetUp]
    public void Begin()
    {
        _closed.Clear();
        _conversations = new Conversations(69, static _ => true, _closed.Add);
    }

    [TestCase(69)]
    [TestCase(40_000)]
    public void Follows_a_session_whatever_port_the_server_answers_from(int tid)
    {
        var server = Listener with { Port = (ushort)tid };
        Assert.That(Follow(Client, Listener, "RRQ a octet"), Is.EqualTo(Traffic.FromClient));
        Assert.That(Follow(server, Client, "DATA 1"), Is.EqualTo(Traffic.FromServer));
        Assert.That(Follow(Client, server, "ACK 1"), Is.EqualTo(Traffic.FromClient));
        Assert.That(Outcomes(), Is.EqualTo("complete"));
    }

    [Test]
    public void A_second_transfer_and_its_refusal_are_passed_over()
    {
        Follow(Client, Listener, "RRQ a octet");
        Follow(Client, Listener, "RRQ a octet");
        Follow(Listener with { Port = 40_000 }, Client, "DATA 1");
        Assert.That(Follow(Listener with { Port = 40_001 }, Client, "DATA 1"), Is.EqualTo(Traffic.None));
        Assert.That(Follow(Client, Listener with { Port = 40_001 }, "ERROR 5 unknown transfer"), Is.EqualTo(Traffic.None));
        Follow(Client, Listener with { Port = 40_000 }, "ACK 1");
        Assert.That(Outcomes(), Is.EqualTo("complete"));
    }

    [Test]
    public void A_port_that_is_used_again_begins_a_session_of_its_own()
    {
        Follow(Client, Listener, "RRQ a octet");
        Follow(Listener with { Port = 40_000 }, Client, "ERROR 1 no such file");
        Follow(Client, Listener, "RRQ a octet");
        Follow(Client, Listener, "RRQ b octet");
        Assert.That(Outcomes(), Is.EqualTo("refused unanswered unanswered"));
    }

    [Test]
    public void A_client_that_aborts_after_the_OACK_wanted_the_size()
    {
        Follow(Client, Listener, "RRQ a octet tsize=0");
        Follow(Listener with { Port = 40_000 }, Client, "OACK tsize=9");
        Follow(Client, Listener with { Port = 40_000 }, "ERROR 8 User aborted");
        Assert.That(Outcomes(), Is.EqualTo("probe"));
    }

    [Test]
    public void Strangers_are_nobodys_business()
    {
        Assert.That(Follow(Client, Listener, "ACK 1"), Is.EqualTo(Traffic.None));
        Assert.That(Follow(Listener, Client, "DATA 1"), Is.EqualTo(Traffic.None));
        Assert.That(Outcomes(), Is.Empty);
    }

    private Traffic Follow(Endpoint source, Endpoint destination, string packet)
    {
        var bytes = PacketScript.Encode(packet);
        // An identification of its own: no datagram is a copy of another.
        var walked = new WalkedFrame(new UdpFrame(FrameKind.Udp, source, destination, 0, bytes.Length), default, bytes) { Identification = ++_identification };
        return _conversations.Follow(walked, TimeSpan.Zero, out _, out _);
    }

    private string Outcomes()
    {
        _conversations.CloseAll();
        return string.Join(' ', _closed.Select(static session => session.OutcomeAt(TimeSpan.FromHours(1))));
    }
}
