using CsCheck;
using FlyTftp.Reactive.Server.Loop;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Loop;

internal sealed class TimingWheelTests
{
    private readonly List<string> _fired = [];

    [SetUp]
    public void Forget() => _fired.Clear();

    [Test]
    public void Fires_in_order_of_time_and_then_of_adding()
    {
        var wheel = new TimingWheel();
        Add(wheel, "b", 20);
        Add(wheel, "a", 10);
        Add(wheel, "c", 20);
        wheel.Advance(19);
        Assert.That(_fired, Is.EqualTo(["a"]));
        wheel.Advance(20);
        Assert.That(_fired, Is.EqualTo(["a", "b", "c"]));
        Assert.That(wheel.Count, Is.Zero);
    }

    [Test]
    public void A_timer_of_a_later_turn_waits_for_it()
    {
        var wheel = new TimingWheel();
        Add(wheel, "far", 10 + 3 * 4096);
        Add(wheel, "near", 10);
        wheel.Advance(10 + 2 * 4096);
        Assert.That(_fired, Is.EqualTo(["near"]));
        wheel.Advance(10 + 3 * 4096);
        Assert.That(_fired, Is.EqualTo(["near", "far"]));
    }

    [Test]
    public void A_cancelled_timer_does_not_fire_even_if_another_cancels_it_in_the_same_millisecond()
    {
        var wheel = new TimingWheel();
        var second = new Timer(() => _fired.Add("second"));
        wheel.Add(new Timer(second.Dispose), 5);
        wheel.Add(second, 5);
        wheel.Advance(100);
        Assert.That(_fired, Is.Empty);
        Assert.That(wheel.Count, Is.Zero);
    }

    [Test]
    public void A_timer_that_is_due_already_fires_at_the_next_advance()
    {
        var wheel = new TimingWheel();
        wheel.Advance(1000);
        Add(wheel, "late", 3);
        wheel.Advance(1001);
        Assert.That(_fired, Is.EqualTo(["late"]));
    }

    [Test]
    public void Everything_due_fires_after_a_long_sleep()
    {
        var wheel = new TimingWheel();
        for (var due = 1; due < 20_000; due += 997) Add(wheel, $"{due}", due);
        wheel.Advance(1_000_000_000);
        Assert.That(_fired, Has.Count.EqualTo(21));
    }

    [Test]
    public void Tells_how_long_one_may_sleep()
    {
        var wheel = new TimingWheel();
        Assert.That(wheel.NextAfter(0), Is.Null);
        var timer = Add(wheel, "x", 700);
        Assert.That(wheel.NextAfter(0), Is.EqualTo(700));
        wheel.Advance(699);
        Assert.That(wheel.NextAfter(699), Is.EqualTo(1));
        Assert.That(wheel.NextAfter(800), Is.Zero, "overdue");
        timer.Dispose();
        Assert.That(wheel.NextAfter(699), Is.Null);
    }

    [Test]
    public void Agrees_with_a_sorted_list_whatever_is_added_cancelled_and_advanced()
    {
        var step = Gen.Select(Gen.Int[0, 9], Gen.Int[1, 9000]);
        step.List[1, 60].Sample(steps =>
        {
            var wheel = new TimingWheel();
            var running = new List<(long Due, int Number, Timer Timer)>();
            List<int> fired = [], expected = [];
            var (now, number) = (0L, 0);
            foreach (var (kind, amount) in steps)
            {
                if (kind < 6)
                {
                    var id = number++;
                    var timer = new Timer(() => fired.Add(id));
                    wheel.Add(timer, now + amount);
                    running.Add((now + amount, id, timer));
                }
                else if (kind < 8 && running.Count > 0)
                {
                    var at = amount % running.Count;
                    running[at].Timer.Dispose();
                    running.RemoveAt(at);
                }
                else
                {
                    // Sleeping no longer than it says misses nothing.
                    var sleep = Math.Min(amount, wheel.NextAfter(now) ?? amount);
                    now += sleep;
                    wheel.Advance(now);
                    expected.AddRange(running.Where(timer => timer.Due <= now).OrderBy(timer => timer.Due).ThenBy(timer => timer.Number).Select(timer => timer.Number));
                    running.RemoveAll(timer => timer.Due <= now);
                }
            }

            return fired.SequenceEqual(expected) && wheel.Count == running.Count;
        }, iter: 3000);
    }

    private Timer Add(TimingWheel wheel, string name, long due)
    {
        var timer = new Timer(() => _fired.Add(name));
        wheel.Add(timer, due);
        return timer;
    }

    private sealed class Timer(Action fire) : WheelTimer
    {
        internal override void Fire() => fire();
    }
}
