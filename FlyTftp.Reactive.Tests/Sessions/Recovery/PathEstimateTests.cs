using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Recovery;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Recovery;

internal sealed class PathEstimateTests
{
    private PathEstimate _path = null!;

    [SetUp]
    public void Begin() => _path = new PathEstimate(1000);

    [Test]
    public void Ten_blocks_leave_at_once_and_the_rest_within_a_round_trip()
    {
        _path.Measure(Milliseconds(60));
        Assert.That(_path.PacingFor(10).IsNone);
        Assert.That(_path.PacingFor(40), Is.EqualTo(new Pacing(10, Milliseconds(2))));
    }

    [TestCase(1000, 10)]
    [TestCase(512, 10)]
    [TestCase(8000, 2)]
    [TestCase(65464, 2)]
    public void At_once_leave_no_more_bytes_than_TCPs_initial_window(int blockBytes, int blocks) =>
        Assert.That(new PathEstimate(blockBytes).Burst, Is.EqualTo(blocks));

    [Test]
    public void A_lan_is_not_paced()
    {
        _path.Measure(Milliseconds(1.9));
        Assert.That(_path.PacingFor(64).IsNone);
    }

    [Test]
    public void A_round_trip_that_is_not_known_is_taken_for_a_tenth_of_a_second() =>
        Assert.That(_path.PacingFor(60), Is.EqualTo(new Pacing(10, Milliseconds(2))));

    [Test]
    public void The_next_window_takes_as_long_as_the_path_took_for_the_last()
    {
        _path.Measure(Milliseconds(50));
        // 21 blocks in 50 ms, and the ACK 200 ms after the first: 150 ms for 20 intervals, so that a block takes 7.5.
        _path.Deliver(21, Milliseconds(50), Milliseconds(200));
        Assert.That(_path.PacingFor(21).Interval.TotalMilliseconds, Is.EqualTo(7.5).Within(0.01));
        Assert.That(_path.TimeFor(21).TotalMilliseconds, Is.EqualTo(157.5).Within(0.1));
    }

    [Test]
    public void A_path_that_keeps_up_is_probed_for_more()
    {
        Know(1_000_000);
        _path.Deliver(21, Milliseconds(20), Milliseconds(70));
        Assert.That(Rate, Is.EqualTo(2_000_000).Within(1).Percent);
    }

    [Test]
    public void A_client_that_takes_its_time_does_not_pass_for_a_slow_path()
    {
        // It writes each window for 100 ms. The first time that may be the path; once the window was no faster than that, it is not.
        _path.Measure(Milliseconds(50));
        _path.Deliver(21, Milliseconds(50), Milliseconds(200));
        for (var window = 0; window < 12; window++)
        {
            var spread = _path.PacingFor(21).OffsetOf(20);
            _path.Deliver(21, spread, spread + Milliseconds(150));
        }

        Assert.That(Rate, Is.GreaterThan(500_000), "20 blocks in 150 ms would be 133 kB/s");
    }

    [Test]
    public void A_gap_behind_blocks_that_were_held_up_lowers_the_rate_to_theirs()
    {
        Know(1_000_000);
        // 20 blocks, the lost one and the one behind it, where the path took 42 ms instead of 21.
        _path.Lose(20, 10, Milliseconds(21), Milliseconds(50 + 42), wasProbed: false);
        Assert.That(Rate, Is.EqualTo(500_000).Within(1).Percent);
    }

    [Test]
    public void A_gap_behind_blocks_that_came_as_fast_as_they_were_sent_is_chance()
    {
        Know(1_000_000);
        _path.Lose(20, 10, Milliseconds(21), Milliseconds(50 + 21), wasProbed: false);
        Assert.That(Rate, Is.EqualTo(1_000_000).Within(1).Percent);
    }

    [Test]
    public void What_a_probe_has_found_out_late_says_nothing_of_a_rate_that_is_known()
    {
        Know(1_000_000);
        _path.Lose(20, 1, Milliseconds(21), TimeSpan.FromSeconds(1), wasProbed: true);
        Assert.That(Rate, Is.EqualTo(1_000_000).Within(1).Percent);
    }

    [Test]
    public void A_timer_that_is_late_does_not_pass_for_a_queue()
    {
        Know(1_000_000);
        _path.Deliver(21, Milliseconds(20), Milliseconds(70 + 1.9));
        Assert.That(Rate, Is.EqualTo(2_000_000).Within(1).Percent);
    }

    [Test]
    public void A_queue_that_overflows_is_shorter_than_a_timer_is_late()
    {
        Know(10_000_000);
        _path.Lose(20, 10, Milliseconds(2.1), Milliseconds(50 + 4.2), wasProbed: false);
        for (var window = 0; window < 2; window++) _path.Deliver(21, Milliseconds(4), Milliseconds(54));
        Assert.That(Rate, Is.EqualTo(5_400_000).Within(1).Percent);
        for (var window = 0; window < 4; window++) _path.Deliver(21, Milliseconds(4), Milliseconds(54 + 1.9));
        // Of the 1.9 ms, 0.9 count now.
        Assert.That(Rate, Is.EqualTo(5_400_000 * (4 / 4.9) * 1.08).Within(1).Percent);
    }

    [Test]
    public void Two_of_the_last_blocks_are_not_lost_by_chance()
    {
        Know(1_000_000);
        _path.Lose(20, 2, Milliseconds(21), TimeSpan.FromSeconds(1), wasProbed: true);
        Assert.That(Rate, Is.EqualTo(700_000).Within(1).Percent);
    }

    [Test]
    public void The_last_block_of_one_window_may_be_and_of_the_next_is_not()
    {
        Know(1_000_000);
        _path.Lose(21, 0, Milliseconds(21), TimeSpan.FromSeconds(1), wasProbed: true);
        Assert.That(Rate, Is.EqualTo(1_000_000).Within(1).Percent);
        _path.Lose(21, 0, Milliseconds(21), TimeSpan.FromSeconds(1), wasProbed: true);
        Assert.That(Rate, Is.EqualTo(950_000).Within(1).Percent);
    }

    [Test]
    public void Gap_after_gap_lowers_the_rate_however_little_came_before_each()
    {
        Know(1_000_000);
        for (var gap = 0; gap < 3; gap++) _path.Lose(2, 19, Milliseconds(3), Milliseconds(53), wasProbed: false);
        Assert.That(Rate, Is.EqualTo(1_000_000 * 0.95 * 0.95).Within(1).Percent);
    }

    private double Rate => 1000 / _path.PacingFor(64).Interval.TotalSeconds;

    private static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);

    /// <summary>50 ms of round trip, and a rate in bytes a second.</summary>
    private void Know(double rate)
    {
        _path.Measure(Milliseconds(50));
        var spread = TimeSpan.FromSeconds(20 * 1000 / rate);
        _path.Deliver(21, spread, spread + Milliseconds(50));
    }
}
