using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>Sessions here are queries of the test: they echo what they are given, and end or fail by an ACK of their choice.</summary>
internal sealed class ServePerPeerTests
{
    private const int EndingAck = 9, FailingAck = 13, ThrowingAck = 14;

    private Stage _stage = null!;
    private Subject<PeerPacket> _packets = null!;
    private Subject<Unit> _drain = null!;
    private int _subscribed, _disposed;
    private IDisposable? _subscription;

    [SetUp]
    public void Begin() => (_stage, _packets, _drain, _subscribed, _disposed, _subscription) =
        (new Stage(), new Subject<PeerPacket>(), new Subject<Unit>(), 0, 0, null);

    [TearDown]
    public void Every_session_is_given_back()
    {
        _subscription?.Dispose();
        Assert.That(_disposed, Is.EqualTo(_subscribed));
    }

    [Test]
    public void Each_peer_has_a_session_that_sees_its_request_first_and_its_own_packets_only()
    {
        Serve(Echo);
        Arrive("a RRQ x octet", "b RRQ y octet", "a ACK 1", "b ACK 2", "a ACK 9", "b ACK 9");
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "a RRQ \"x\" octet", "b RRQ \"y\" octet", "a ACK 1", "b ACK 2", "a ACK 9", "b ACK 9",
        }));
    }

    [Test]
    public void A_flow_is_both_ends_and_the_listener()
    {
        Serve(Echo);
        var flow = FlowOf('a');
        _packets.OnNext(Read(flow, "RRQ x octet"));
        foreach (var other in new[] { flow with { Listener = 1 }, flow with { Local = flow.Remote }, flow with { Remote = flow.Remote with { Port = 3 } } })
            _packets.OnNext(Read(other, "ACK 1"));
        _packets.OnNext(Read(flow, "ACK 9"));
        Assert.That(Lines, Is.EqualTo(new[] { "a RRQ \"x\" octet", "* ignored: Stray", "* ignored: Stray", "* ignored: Stray", "a ACK 9" }));
    }

    [Test]
    public void A_session_that_has_ended_makes_room_for_the_next_at_once()
    {
        Serve(Echo);
        Arrive("a RRQ x octet", "a ACK 9", "a ACK 9", "a RRQ x octet", "a ACK 9");
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "a RRQ \"x\" octet", "a ACK 9", "* ignored: Stray", "a RRQ \"x\" octet", "a ACK 9",
        }));
    }

    [Test]
    public void The_same_request_again_counts_its_bytes_and_is_told_to_the_session()
    {
        Peer? peer = null;
        Serve(group =>
        {
            peer = group.Key;
            return Echo(group);
        });
        Arrive("a RRQ x octet", "a RRQ x octet");
        Assert.That(peer!.RequestBytes, Is.EqualTo(2 * 10));
        Arrive("a ACK 9");
        Assert.That(peer.RequestBytes, Is.EqualTo(2 * 10), "ACKs pay for nothing");
        Assert.That(Lines, Is.EqualTo(new[] { "a RRQ \"x\" octet", "a the same request again", "a ACK 9" }));
    }

    [TestCase("RRQ y octet", false)]
    [TestCase("RRQ x netascii", false)]
    [TestCase("RRQ x octet tsize=0", false)]
    [TestCase("RRQ x octet", true)]
    public void Another_request_or_one_after_an_ack_supersedes(string request, bool hasAcknowledged)
    {
        Serve(group =>
        {
            group.Key.HasAcknowledged = hasAcknowledged;
            return Echo(group).TakeUntil(group.Where(packet => packet.Kind == PacketKind.Superseded));
        });
        Arrive("a RRQ x octet", $"a {request}", "a ACK 1", "a ACK 9");
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "a RRQ \"x\" octet", $"a {PacketReader.Read(PacketScript.Encode(request))}", "a ACK 1", "a ACK 9",
        }));
    }

    [Test]
    public void A_superseded_session_that_does_not_care_is_gone_all_the_same()
    {
        Serve(group => Echo(group).Where(emission => emission.Kind == EmissionKind.Error));
        Arrive("a RRQ x octet", "a RRQ y octet");
        Assert.That((_subscribed, _disposed), Is.EqualTo((2, 1)));
        Arrive("a ACK 9");
    }

    [Test]
    public void A_session_that_errors_is_noted_and_harms_no_other()
    {
        Serve(Echo);
        Arrive("a RRQ x octet", "b RRQ x octet", "a ACK 13", "b ACK 1", "a ACK 1", "a RRQ x octet", "b ACK 9", "a ACK 9");
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "a RRQ \"x\" octet", "b RRQ \"x\" octet", "* faulted (InvalidOperationException: failed)", "b ACK 1", "* ignored: Stray",
            "a RRQ \"x\" octet", "b ACK 9", "a ACK 9",
        }));
    }

    [Test]
    public void A_session_that_throws_is_noted_and_harms_no_other()
    {
        Serve(Echo);
        Arrive("a RRQ x octet", "b RRQ x octet", "a ACK 14", "b ACK 9");
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "a RRQ \"x\" octet", "b RRQ \"x\" octet", "* faulted (InvalidOperationException: thrown)", "b ACK 9",
        }));
    }

    [TestCase("built")]
    [TestCase("subscribed")]
    public void A_session_that_cannot_begin_is_noted_and_harms_no_other(string when)
    {
        Serve(group => group.Key.Request.FileName != "bad" ? Echo(group)
            : when == "built" ? throw new InvalidOperationException(when)
            : Observable.Create<Emission>(IDisposable (_) => throw new InvalidOperationException(when)));
        Arrive("b RRQ x octet", "a RRQ bad octet", "b ACK 9", "a RRQ good octet", "a ACK 9");
        Assert.That(Lines, Is.EqualTo(new[] {
            "b RRQ \"x\" octet", $"* faulted (InvalidOperationException: {when})", "b ACK 9", "a RRQ \"good\" octet", "a ACK 9",
        }));
    }

    [Test]
    public void The_note_of_a_fault_tells_whose_it_was_and_since_when()
    {
        var notes = new List<SessionEnded>();
        _packets.ServePerPeer(new SessionLimits(), _drain, Echo, new SessionCount(), _stage.Scheduler)
            .Where(emission => emission.Kind == EmissionKind.Note).Subscribe(emission => notes.Add((SessionEnded)emission.SessionNote));
        _stage.At(1, () => Arrive("a RRQ x octet")).At(3.5, () => Arrive("a ACK 13")).Run();
        Assert.That(notes.Single().Flow, Is.EqualTo(FlowOf('a')));
        Assert.That(notes[0].Request.FileName, Is.EqualTo("x"));
        Assert.That(notes[0].Duration, Is.EqualTo(TimeSpan.FromSeconds(2.5)));
    }

    [Test]
    public void No_more_sessions_than_allowed_and_a_superseding_request_is_not_one_more()
    {
        Serve(group => Echo(group.Key, group.Do(_ => group.Key.HasAcknowledged = true)), new SessionLimits { SessionsMax = 2 });
        Arrive("a RRQ x octet", "a ACK 1", "b RRQ x octet", "b ACK 1", "c RRQ x octet", "a RRQ y octet", "a ACK 1", "b ACK 9", "c RRQ x octet", "a ACK 9", "c ACK 9");
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "a RRQ \"x\" octet", "a ACK 1", "b RRQ \"x\" octet", "b ACK 1", "* ignored: TooManySessions", "a superseded", "* closed (superseded)",
            "a RRQ \"y\" octet", "a ACK 1", "b ACK 9", "c RRQ \"x\" octet", "a ACK 9", "c ACK 9",
        }));
    }

    [Test]
    public void A_failed_session_makes_room_too()
    {
        Serve(Echo, new SessionLimits { SessionsMax = 1 });
        Arrive("a RRQ x octet", "a ACK 13", "b RRQ x octet", "b ACK 9");
        Assert.That(Lines[^2..], Is.EqualTo(new[] { "b RRQ \"x\" octet", "b ACK 9" }));
    }

    [Test]
    public void Malformed_datagrams_and_strays_open_nothing()
    {
        Serve(Echo);
        Arrive("a ff", "a ACK 0", "a DATA 1", "a OACK tsize=1", "a ERROR 0 x");
        _packets.OnNext(new PeerPacket(FlowOf('a'), Packet.Unreachable, 0));
        _packets.OnNext(Read(FlowOf('a') with { Remote = FlowOf('a').Remote with { Port = 0 } }, "RRQ x octet"));
        Assert.That(Lines, Is.EqualTo(new[]
        {
            "* ignored: Malformed", "* ignored: Stray", "* ignored: Stray", "* ignored: Stray", "* ignored: Stray", "* ignored: Stray",
            "* ignored: PortZero",
        }));
        Assert.That(_subscribed, Is.Zero);
    }

    [TestCase("drain")]
    [TestCase("end")]
    public void Completes_when_nothing_can_come_and_the_last_session_is_over(string how)
    {
        var timed = new Subject<Unit>();
        Serve(group => Echo(group).TakeUntil(timed));
        Arrive("a RRQ x octet", "b RRQ x octet");
        if (how == "drain") _drain.OnNext(Unit.Default);
        else _packets.OnCompleted();
        Assert.That(Lines, Does.Not.Contain("|"));
        timed.OnNext(Unit.Default);
        Assert.That(Lines.Count(line => line == "|"), Is.EqualTo(1));
    }

    [Test]
    public void A_drain_that_never_comes_to_pass_does_not_stop_anything()
    {
        Serve(Echo);
        _drain.OnCompleted();
        Arrive("a RRQ x octet", "a ACK 9");
        Assert.That(Lines, Is.EqualTo(new[] { "a RRQ \"x\" octet", "a ACK 9" }));
    }

    [Test]
    public void Draining_ignores_requests_and_serves_the_rest()
    {
        Serve(Echo);
        Arrive("a RRQ x octet");
        _drain.OnNext(Unit.Default);
        Arrive("b RRQ x octet", "a ACK 1", "a ACK 9");
        Assert.That(Lines, Is.EqualTo(new[] { "a RRQ \"x\" octet", "* ignored: Draining", "a ACK 1", "a ACK 9", "|" }));
    }

    [Test]
    public void A_dead_source_is_an_error()
    {
        Serve(Echo);
        _packets.OnError(new InvalidOperationException("socket"));
        Assert.That(Lines, Is.EqualTo(new[] { "# socket" }));
    }

    [Test]
    public void The_end_of_the_packets_is_silence_to_a_session_and_drain_is_heard_once()
    {
        var (packets, drain) = (_stage.Testable(_packets), _stage.Testable(_drain));
        var (timed, group) = (new Subject<Unit>(), _stage.Testable(Observable.Empty<Packet>()));
        _stage.Watch(packets.ServePerPeer(new SessionLimits(), drain, Listen, new SessionCount(), _stage.Scheduler), Describe);
        _stage.At(1, () => Arrive("a RRQ x octet")).At(2, () => _drain.OnNext(Unit.Default)).At(3, _packets.OnCompleted).At(4, () => timed.OnNext(Unit.Default));
        Assert.That(_stage.Run(), Is.EqualTo("4.000 |"));
        Assert.That((packets.Subscriptions, drain.Subscriptions, group.Subscriptions), Is.EqualTo(("0.000-4.000", "0.000-2.000", "1.000-4.000")));

        IObservable<Emission> Listen(IGroupedObservable<Peer, Packet> peer) =>
            (group = _stage.Testable(peer)).SelectMany(static _ => Observable.Empty<Emission>()).TakeUntil(timed);
    }

    [Test]
    public void Unsubscribing_ends_all_sessions()
    {
        Serve(Echo);
        Arrive("a RRQ x octet", "b RRQ x octet");
        _subscription!.Dispose();
        Assert.That((_subscribed, _disposed), Is.EqualTo((2, 2)));
        Assert.That(_packets.HasObservers || _drain.HasObservers, Is.False);
    }

    private string[] Lines => [.. _stage.Seen.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line["0.000 ".Length..])];

    private static Flow FlowOf(char name) => Stage.Flow with { Remote = Endpoint.IPv4(name, 2000) };

    private static PeerPacket Read(Flow flow, string packet)
    {
        var bytes = PacketScript.Encode(packet);
        return new PeerPacket(flow, PacketReader.Read(bytes), bytes.Length);
    }

    private void Arrive(params string[] packets)
    {
        foreach (var packet in packets) _packets.OnNext(Read(FlowOf(packet[0]), packet[2..]));
    }

    private void Serve(Func<IGroupedObservable<Peer, Packet>, IObservable<Emission>> serve, SessionLimits? limits = null) =>
        _subscription = _stage.Watch(_packets.ServePerPeer(limits ?? new SessionLimits(), _drain, serve, new SessionCount(), _stage.Scheduler), Describe);

    /// <summary>What came, as ERRORs to the peer.</summary>
    private IObservable<Emission> Echo(IGroupedObservable<Peer, Packet> group) => Echo(group.Key, group);
    private IObservable<Emission> Echo(Peer peer, IObservable<Packet> packets) => Observable.Create<Emission>(observer =>
    {
        _subscribed++;
        return StableCompositeDisposable.Create(
            Disposable.Create(() => _disposed++),
            packets.Select(packet => packet switch
                {
                    { Kind: PacketKind.Acknowledgment, Block.Value: ThrowingAck } => throw new InvalidOperationException("thrown"),
                    { Kind: PacketKind.Acknowledgment, Block.Value: FailingAck } => Observable.Throw<Packet>(new InvalidOperationException("failed")),
                    _ => Observable.Return(packet),
                })
                .Merge()
                .TakeUntil(packet => packet is { Kind: PacketKind.Acknowledgment, Block.Value: EndingAck })
                .Select(packet => Emission.Error(peer, new ErrorReport(ErrorCode.NotDefined, packet.ToString())))
                .Subscribe(observer));
    });

    private static string Describe(Emission emission) => emission.Kind == EmissionKind.Error
        ? $"{(char)emission.Peer!.Flow.Remote.Low} {emission.ErrorReport.Message}"
        : Stage.Describe(emission);
}
