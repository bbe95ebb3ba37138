using System.Reactive;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Recovery;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>Of a transfer in lock-step, whose first wait is a second: 300 ms after a round trip of 100.</summary>
internal sealed class AckTimerTests
{
    private Stage _stage = null!;
    private CountingScheduler _scheduler = null!;
    private IContent _content = null!;
    private SendState _state = null!;
    private PipelineOperators.AckTimer _timer = null!;

    [SetUp]
    public void Begin()
    {
        _stage = new Stage();
        _scheduler = new CountingScheduler(_stage.Scheduler);
        _content = new TestStore().Add("file", 100_000).Open("file");
        _state = new SendState(new TestPeer().Admit(_stage) with { Content = _content }, new SessionLimits());
        _timer = new PipelineOperators.AckTimer(_state, _scheduler);
    }

    [TearDown]
    public void End()
    {
        _timer.Dispose();
        _content.Dispose();
        Assert.That(_scheduler.Running, Is.Zero);
    }

    [Test]
    public void Fires_once_when_the_wait_is_over()
    {
        Emit();
        Assert.That(_stage.Run(), Is.EqualTo("1.000 due"));
    }

    [Test]
    public void Each_wait_begins_with_its_subscription_and_ends_the_one_before()
    {
        Emit();
        _stage.At(0.1, () => Acknowledge(1)).At(0.1, Emit).At(0.2, () => Acknowledge(2)).At(0.2, Emit);
        // R = 100 ms twice: 300 ms, then 250.
        Assert.That(_stage.Run(), Is.EqualTo("0.450 due"));
    }

    [Test]
    public void What_comes_too_early_is_set_for_what_is_left()
    {
        Emit();
        // Nothing is measured of a repeat, so the wait stays a second; the scheduler's timer is the first one's until 1 s.
        _stage.At(0.6, () => _state.Expire(_scheduler.Now)).At(0.6, Emit);
        Assert.That(_stage.Run(), Is.EqualTo("2.600 due"));
    }

    [Test]
    public void The_scheduler_has_one_timer_however_many_waits_there_are()
    {
        Emit();
        for (var turn = 1; turn <= 100; turn++)
        {
            var block = turn;
            _stage.At(turn * 0.01, () => Acknowledge(block)).At(turn * 0.01, Emit).At(turn * 0.01, () => Assert.That(_scheduler.Running, Is.EqualTo(1)));
        }

        Assert.That(_stage.Run(), Is.EqualTo("1.200 due"));
    }

    [Test]
    public void Before_something_is_sent_the_disk_alone_is_waited_for()
    {
        Wait();
        Assert.That(_scheduler.Running, Is.EqualTo(1));
        Assert.That(_stage.Run(), Is.EqualTo("60.000 due"));
    }

    [Test]
    public void Silent_while_blocks_are_loaded_and_back_for_the_next_wait()
    {
        Emit();
        _stage.At(0.9, () => Acknowledge(1)).At(5, Emit);
        // R = 900 ms: SRTT 900, RTTVAR 450.
        Assert.That(_stage.Run(), Is.EqualTo("7.700 due"));
    }

    [Test]
    public void Disposing_takes_the_timer_off_the_scheduler()
    {
        Emit();
        _stage.At(0.5, _timer.Dispose).At(0.5, () => Assert.That(_scheduler.Running, Is.Zero));
        Assert.That(_stage.Run(), Is.Empty);
        Assert.That(_stage.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(0.5)));
    }

    private void Acknowledge(int block) => Assert.That(_state.Acknowledge(new BlockNumber((ushort)block), _scheduler.Now));

    private void Emit()
    {
        if (_state.NeedsBlocks) _state.Loaded(LoadResult.Of(512));
        _state.Emit(_scheduler.Now);
        Wait();
    }

    private void Wait() => _timer.Subscribe(Observer.Create<Unit>(_ => _stage.Note("due")));
}
