using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class PaceTests
{
    private static readonly Pacing TenThenOneIn10Milliseconds = new(10, TimeSpan.FromMilliseconds(10));

    private Stage _stage = null!;
    private TestPeer _peer = null!;
    private Transfer _transfer = null!;
    private Subject<Emission> _emissions = null!;
    private IDisposable _subscription = null!;

    [SetUp]
    public void Begin()
    {
        (_stage, _peer, _emissions) = (new Stage(), new TestPeer(), new Subject<Emission>());
        _transfer = new Transfer(new TestStore().Add("file", 100_000).Open("file"), 1000);
        _subscription = _stage.Watch(_emissions.Pace(_stage.Scheduler));
    }

    [TearDown]
    public void Close()
    {
        _subscription.Dispose();
        _transfer.Content.Dispose();
        _emissions.Dispose();
    }

    [Test]
    public void The_first_leave_at_once_and_the_rest_by_and_by()
    {
        Emit(0, first: 1, count: 18, TenThenOneIn10Milliseconds);
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 DATA 1..10
            0.010 DATA 11..13
            0.040 DATA 14..16
            0.070 DATA 17..18
            """));
    }

    [Test]
    public void The_next_emission_takes_the_place_of_what_is_left()
    {
        Emit(0, first: 1, count: 18, TenThenOneIn10Milliseconds);
        Emit(0.015, first: 5, count: 14, TenThenOneIn10Milliseconds);
        Assert.That(_stage.Run(), Is.EqualTo("""
            0.000 DATA 1..10
            0.010 DATA 11..13
            0.015 DATA 5..14
            0.025 DATA 15..17
            0.055 DATA 18 (1000 bytes)
            """));
    }

    [Test]
    public void Nothing_is_left_to_be_sent_once_the_client_has_answered()
    {
        Emit(0, first: 1, count: 18, TenThenOneIn10Milliseconds);
        _stage.At(0.015, () => _peer.Key.IsAnswered = true);
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 1..10\n0.010 DATA 11..13"));
    }

    [Test]
    public void What_is_not_paced_passes_at_once_and_schedules_nothing()
    {
        Emit(0, first: 1, count: 18, default);
        _stage.At(1, () => Assert.That(_stage.Seen, Is.EqualTo("0.000 DATA 1..18")));
        _stage.Run();
        Assert.That(_stage.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public void Intervals_shorter_than_the_clock_can_tell_apart_are_taken_together()
    {
        // 0.1 ms: half a millisecond of blocks at a time, in whole groups.
        Emit(0, first: 1, count: 20, new Pacing(1, TimeSpan.FromMilliseconds(0.1)));
        var seen = _stage.Run().Split('\n');
        Assert.That(seen, Has.Length.EqualTo(5));
        Assert.That((seen[0], seen[^1]), Is.EqualTo(("0.000 DATA 1 (1000 bytes)", "0.002 DATA 17..20")));
    }

    [Test]
    public void A_note_changes_nothing()
    {
        Emit(0, first: 1, count: 13, TenThenOneIn10Milliseconds);
        _stage.At(0.005, () => _emissions.OnNext(Emission.Note(_peer.Key, new Withheld(Stage.Flow, 1))));
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 1..10\n0.005 * Withheld\n0.010 DATA 11..13"));
    }

    [Test]
    public void The_end_drops_the_rest()
    {
        Emit(0, first: 1, count: 18, TenThenOneIn10Milliseconds);
        _stage.At(0.005, _emissions.OnCompleted);
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 1..10\n0.005 |"));
    }

    [Test]
    public void An_error_drops_the_rest()
    {
        Emit(0, first: 1, count: 18, TenThenOneIn10Milliseconds);
        _stage.At(0.005, () => _emissions.OnError(new InvalidOperationException("bug")));
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 1..10\n0.005 # bug"));
    }

    [Test]
    public void Unsubscribing_drops_the_rest_and_its_source()
    {
        Emit(0, first: 1, count: 18, TenThenOneIn10Milliseconds);
        _stage.At(0.005, _subscription.Dispose).At(0.006, () => Assert.That(_emissions.HasObservers, Is.False));
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 1..10"));
    }

    [Test]
    public void A_first_and_a_last_block_are_no_run()
    {
        _stage.At(0, () => _emissions.OnNext(Emission.Blocks(_peer.Key, _transfer, 3, 2, 7, isRepeat: true, step: 40)));
        Assert.That(_stage.Run(), Is.EqualTo("0.000 DATA 3, 43 again"));
        var emission = Emission.Blocks(_peer.Key, _transfer, 3, 2, 7, isRepeat: true, step: 40);
        Assert.That(emission.Length, Is.EqualTo(1000 + 7 + 2 * PacketReader.DataOffset));
    }

    private void Emit(double seconds, int first, int count, Pacing pacing) => _stage.At(seconds, () =>
    {
        _peer.Key.IsAnswered = false;
        _emissions.OnNext(Emission.Blocks(_peer.Key, _transfer, first, count, 1000, isRepeat: false, pacing: pacing));
    });
}
