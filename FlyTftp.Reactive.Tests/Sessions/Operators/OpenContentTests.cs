using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Templates;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class OpenContentTests
{
    private Stage _stage = null!;
    private TestPeer _peer = null!;
    private TestStore _store = null!;

    [SetUp]
    public void Begin()
    {
        (_stage, _store) = (new Stage(), new TestStore().Add("file", 1000));
        _peer = new TestPeer(stage: _stage);
    }

    [Test]
    public void Opens_at_once_what_needs_no_waiting()
    {
        Open();
        Assert.That(_stage.Run(), Is.EqualTo("0.000 opened\n0.000 |"));
        Assert.That(_peer.Subscriptions, Is.Empty);
        Assert.That(_store.OpenCount, Is.EqualTo(1), "whoever holds the admission disposes it");
    }

    [Test]
    public void What_is_not_there_is_refused()
    {
        Open("nope");
        Assert.That(_stage.Run(), Is.EqualTo("0.000 refused: file not found\n0.000 |"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Looks_for_what_is_not_there_under_the_next_name(bool isSlow)
    {
        _store.IsSlow = isSlow;
        Admission? opened = null;
        var admission = _peer.Admit(_stage) with { Path = Path("own/file"), Alternatives = [Path("file"), Path("other")] };
        _stage.Watch(Observable.Return(admission).OpenContent(_store, TemplateSet.None, new SessionLimits(), _stage.Scheduler).Do(found => opened = found), Describe);
        _stage.At(1, _store.Answer);
        Assert.That(_stage.Run(), Is.EqualTo(isSlow ? "1.000 opened\n1.000 |" : "0.000 opened\n0.000 |"));
        Assert.That(_store.Asked, Is.EqualTo(new[] { "own/file", "file" }));
        Assert.That((opened?.Path, _store.OpenCount, _peer.IsHeard), Is.EqualTo((Path("file"), 1, false)));
    }

    [Test]
    public void What_is_under_none_of_its_names_is_not_found()
    {
        _stage.Watch(Observable.Return(_peer.Admit(_stage) with { Path = Path("a"), Alternatives = [Path("b")] }).OpenContent(_store, TemplateSet.None, new SessionLimits(), _stage.Scheduler), Describe);
        Assert.That(_stage.Run(), Is.EqualTo("0.000 refused: file not found\n0.000 |"));
        Assert.That(_store.Asked, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_client_that_goes_away_ends_the_search()
    {
        _store.IsSlow = true;
        _stage.Watch(Observable.Return(_peer.Admit(_stage) with { Path = Path("a"), Alternatives = [Path("file")] }).OpenContent(_store, TemplateSet.None, new SessionLimits(), _stage.Scheduler), Describe);
        _stage.At(1, () => _peer.Send("superseded")).At(2, _store.Answer);
        Assert.That(_stage.Run(), Is.EqualTo("1.000 withdrawn: superseded\n1.000 |"));
        Assert.That((_store.OpenCount, _peer.IsHeard), Is.EqualTo((0, false)));
    }

    [TestCase("a\u0007b", "refused: not served")]
    [TestCase("file\u0007", "opened")]
    public void A_name_with_control_characters_is_refused_unless_there_is_such_a_file(string name, string what)
    {
        _store.Add("file\u0007", "x");
        Open(name);
        Assert.That(_stage.Run(), Is.EqualTo($"0.000 {what}\n0.000 |"));
    }

    [Test]
    public void The_store_is_not_asked_for_what_was_refused()
    {
        var refused = _peer.Admit(_stage).Refuse(Refusal.UnsafePath);
        Assert.That(Observable.Return(refused).OpenContent(_store, TemplateSet.None, new SessionLimits(), _stage.Scheduler).Wait(), Is.SameAs(refused));
        Assert.That(_store.Asked, Is.Empty);
    }

    [Test]
    public void Waits_for_a_slow_disk_whatever_else_the_client_says()
    {
        _store.IsSlow = true;
        Open();
        _stage.At(1, () => _peer.Send("ACK 1")).At(2, () => _peer.Send("ff")).At(3, _store.Answer).At(4, () => _peer.Send("ERROR 0 x"));
        Assert.That(_stage.Run(), Is.EqualTo("3.000 opened\n3.000 |"));
        Assert.That(_peer.Subscriptions, Is.EqualTo("0.000-3.000"));
        Assert.That(_store.OpenCount, Is.EqualTo(1));
    }

    [Test]
    public void A_slow_disk_may_refuse()
    {
        _store.IsSlow = true;
        Open("nope");
        _stage.At(3, _store.Answer);
        Assert.That(_stage.Run(), Is.EqualTo("3.000 refused: file not found\n3.000 |"));
        Assert.That(_peer.Subscriptions, Is.EqualTo("0.000-3.000"));
    }

    [TestCase("ERROR 0 x", "ERROR 0 \"x\"")]
    [TestCase("unreachable", "ICMP port unreachable")]
    [TestCase("superseded", "superseded")]
    public void A_client_that_goes_away_is_not_waited_for(string goodbye, string withdrawal)
    {
        _store.IsSlow = true;
        Open();
        _stage.At(1, () => _peer.Send(goodbye)).At(2, () =>
        {
            _store.Answer();
            Assert.That(_store.OpenCount, Is.Zero, "what came too late is closed");
        });
        Assert.That(_stage.Run(), Is.EqualTo($"1.000 withdrawn: {withdrawal}\n1.000 |"));
        Assert.That(_peer.Subscriptions, Is.EqualTo("0.000-1.000"));
        Assert.That(_store.Asked, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_disk_that_hangs_is_waited_for_a_minute_and_what_comes_later_is_closed()
    {
        _store.IsSlow = true;
        Open();
        _stage.At(61, _store.Answer);
        Assert.That(_stage.Run(), Is.EqualTo("60.000 fault: the disk does not answer\n60.000 |"));
        Assert.That(_peer.Subscriptions, Is.EqualTo("0.000-60.000"));
        Assert.That((_store.Asked.Count, _store.OpenCount), Is.EqualTo((1, 0)));
    }

    [Test]
    public void In_the_query_a_disk_that_hangs_is_an_error_0_for_the_client()
    {
        _store.IsSlow = true;
        var server = new VirtualServer(_store, new SessionLimits { LoadingMax = TimeSpan.FromSeconds(5) });
        Assert.That(server.Run("0 RRQ file octet\n5.1 disk"), Is.EqualTo("""
            0.000 < RRQ file octet
            5.000 > ERROR 0 "the disk does not answer"
            5.000 * faulted: 0 bytes, 0 blocks, 0 again (the disk does not answer)
            """));
        Assert.That(_store.OpenCount, Is.Zero);
    }

    [Test]
    public void What_comes_after_the_subscription_is_gone_is_closed()
    {
        _store.IsSlow = true;
        var subscription = Open();
        _stage.At(1, subscription.Dispose).At(2, _store.Answer);
        Assert.That(_stage.Run(), Is.Empty);
        Assert.That(_peer.Subscriptions, Is.EqualTo("0.000-1.000"));
        Assert.That(_store.OpenCount, Is.Zero);
    }

    [Test]
    public void In_the_query_a_withdrawn_request_is_closed_and_the_next_one_served()
    {
        _store.IsSlow = true;
        var server = new VirtualServer(_store.Add("other", 10));
        Assert.That(server.Run("""
            0.0 RRQ file octet
            0.1 RRQ file octet
            0.2 RRQ other octet
            0.3 disk
            0.4 disk
            0.5 ACK 1
            0.6 RRQ file octet
            0.7 unreachable
            0.8 disk
            """), Is.EqualTo("""
            0.000 < RRQ file octet
            0.100 < RRQ file octet
            0.200 < RRQ other octet
            0.200 * closed: 0 bytes, 0 blocks, 0 again (superseded)
            0.300 > DATA 1 (10 bytes)
            0.500 < ACK 1
            0.500 * complete: 10 bytes, 1 blocks, 0 again
            0.600 < RRQ file octet
            0.700 * closed: 0 bytes, 0 blocks, 0 again (ICMP port unreachable)
            """));
    }

    private IDisposable Open(string name = "file") =>
        _stage.Watch(Observable.Return(_peer.Admit(_stage) with { Path = Path(name) }).OpenContent(_store, TemplateSet.None, new SessionLimits(), _stage.Scheduler), Describe);

    private static SafePath Path(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return path!;
    }

    private static string Describe(Admission admission) => admission switch
    {
        { Fault: { } fault } => $"fault: {fault}",
        { Withdrawal: { } packet } => $"withdrawn: {packet}",
        { Refusal: { } refusal } => $"refused: {refusal.Message}",
        { Content: not null } => "opened",
        _ => "nothing",
    };
}
