using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class SessionPlacesTests
{
    private const int Max = 400, Share = Max / 4;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Holder> _evicted = [];
    private SessionPlaces _places = null!;
    private DateTimeOffset _now;

    [SetUp]
    public void Begin()
    {
        (_places, _now) = (new SessionPlaces(Max), Start);
        _evicted.Clear();
    }

    [Test]
    public void While_half_is_free_anybody_may_come_and_wait()
    {
        for (var number = 0u; number < Max / 2; number++) Assert.That(Come(7), Is.Not.Null);
        _now += TimeSpan.FromSeconds(29);
        Assert.That(_evicted, Is.Empty);
    }

    [Test]
    public void From_half_full_on_who_has_not_answered_goes_after_three_seconds()
    {
        var answered = Come(1, answers: true);
        for (var number = 0u; number < Max / 2 - 1; number++) Come(number);
        _now += TimeSpan.FromSeconds(2.9);
        Come(5000);
        Assert.That(_evicted, Is.Empty);
        _now += TimeSpan.FromSeconds(0.1);
        Come(5001);
        Assert.That(_evicted, Has.Count.EqualTo(Max / 2 - 1));
        Assert.That(_evicted, Has.None.SameAs(answered));
        Assert.That((_places.Count, _places.UnknownCount), Is.EqualTo((3, 2)));
    }

    [Test]
    public void From_half_full_on_no_network_gets_more_than_its_share_and_its_own_waiting_make_room_first()
    {
        for (var number = 0u; number < Max / 2; number++) Come(number < Share ? 7 : 100 + number, answers: number < Share - 1);
        Assert.That(Come(7), Is.Not.Null);
        Assert.That(_evicted.Single().Peer.Flow.Remote, Is.EqualTo(Of(7)));
        _evicted.Clear();
        _places.Answered(Last!);
        Assert.That(Come(7), Is.Null, "all of them have answered");
        Assert.That(Come(8), Is.Not.Null);
        Assert.That(_evicted, Is.Empty);
    }

    [Test]
    public void Half_of_the_places_are_for_those_who_have_not_answered()
    {
        for (var number = 0u; number < Max; number++) Come(number);
        Assert.That((_places.Count, _places.UnknownCount), Is.EqualTo((Max / 2, Max / 2)));
        Assert.That(_evicted.Select(holder => holder.Peer.Flow.Remote), Is.EqualTo(Enumerable.Range(0, Max / 2).Select(number => Of((uint)number))), "the oldest go");
    }

    [Test]
    public void When_all_are_taken_the_oldest_that_has_not_answered_goes()
    {
        for (var number = 0u; number < Max; number++)
        {
            Come(number, answers: number % 2 == 0);
            _now += TimeSpan.FromMilliseconds(5);
        }

        _evicted.Clear();
        Assert.That(Come(9000), Is.Not.Null);
        Assert.That(_evicted.Single().Peer.Flow.Remote, Is.EqualTo(Of(1)));
        Assert.That(_places.Count, Is.EqualTo(Max));
    }

    [Test]
    public void Then_the_slowest_of_those_below_the_least_rate_after_their_grace()
    {
        var holders = Enumerable.Range(0, Max).Select(number => Come((uint)number, answers: true)!).ToList();
        foreach (var holder in holders) holder.Peer.AcknowledgedBytes = 1_000_000;
        holders[10].Peer.AcknowledgedBytes = 100;
        holders[20].Peer.AcknowledgedBytes = 50;
        Assert.That(Come(9000), Is.Null, "nobody's rate counts yet");
        _now += SessionPlaces.Grace;
        // They are looked at 64 at a time, in turn.
        for (var turn = 0; turn < Max / SessionPlaces.LookedAt + 1 && _evicted.Count == 0; turn++) Come(9000, answers: true);
        Assert.That(_evicted.Single(), Is.SameAs(holders[20]));
        for (var turn = 0; turn < Max; turn++) Come(9000, answers: true);
        Assert.That(_evicted, Is.EqualTo(new[] { holders[20], holders[10] }), "nobody who is served at a fair rate");
    }

    [Test]
    public void A_place_is_kept_for_loopback_and_no_more_than_that()
    {
        foreach (var number in Enumerable.Range(0, Max)) Come((uint)number, answers: true);
        var loopback = new Endpoint(0, 1, 2000);
        for (var number = 0; number < SessionPlaces.LoopbackPlaces; number++)
        {
            Assert.That(_places.TryMakeRoom(loopback, _now, Evict));
            _places.Enter(new Holder(loopback, _now));
        }

        Assert.That(_places.TryMakeRoom(loopback, _now, Evict), Is.False);
        Assert.That(_evicted, Is.Empty);
    }

    private Holder? Last { get; set; }

    /// <summary>Somebody of that network.</summary>
    private Holder? Come(uint network, bool answers = false)
    {
        if (!_places.TryMakeRoom(Of(network), _now, Evict)) return null;
        var holder = new Holder(Of(network), _now);
        _places.Enter(holder);
        if (answers) _places.Answered(holder);
        return Last = holder;
    }

    private void Evict(PlaceHolder holder)
    {
        _evicted.Add((Holder)holder);
        _places.Leave(holder);
    }

    private static Endpoint Of(uint network) => Endpoint.IPv4((10u << 24) + (network << 8), 2000);

    private sealed class Holder(Endpoint remote, DateTimeOffset opened)
        : PlaceHolder(new Peer(Stage.Flow with { Remote = remote }, new Request("x", "octet", OptionSet.Empty)), opened);
}
