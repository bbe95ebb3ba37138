using FlyTftp.Reactive.Sessions.Recovery;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Recovery;

/// <summary>RFC 6298 with numbers worked out by hand.</summary>
internal sealed class RetransmissionTimerTests
{
    [Test]
    public void Waits_one_second_before_anything_is_measured()
    {
        var timer = new RetransmissionTimer();
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(timer.RoundTrip, Is.Null);
    }

    [Test]
    public void Follows_the_rfcs_arithmetic()
    {
        // (R, SRTT, RTTVAR, RTO) in ms. §2.2: R, R/2, SRTT + 4 RTTVAR. §2.3: RTTVAR = 3/4 RTTVAR + 1/4 |SRTT − R| with the old SRTT, then
        // SRTT = 7/8 SRTT + 1/8 R.
        (double R, double Smoothed, double Timeout)[] vectors =
        [
            (100, 100, 300),              // RTTVAR 50
            (200, 112.5, 362.5),          // 37.5 + 25 = 62.5; 87.5 + 25
            (100, 110.9375, 310.9375),    // 46.875 + 3.125 = 50; 98.4375 + 12.5
            (400, 147.0703125, 586.1328125), // 37.5 + 72.265625 = 109.765625; 97.0703125 + 50
        ];
        var timer = new RetransmissionTimer();
        foreach (var (roundTrip, smoothed, timeout) in vectors)
        {
            timer.Measure(TimeSpan.FromMilliseconds(roundTrip));
            Assert.That(timer.RoundTrip!.Value.TotalMilliseconds, Is.EqualTo(smoothed).Within(0.001), $"SRTT after {roundTrip}");
            Assert.That(timer.Due.TotalMilliseconds, Is.EqualTo(timeout).Within(0.001), $"RTO after {roundTrip}");
        }
    }

    [Test]
    public void Never_goes_below_the_floor()
    {
        var timer = new RetransmissionTimer();
        timer.Measure(TimeSpan.FromMicroseconds(80));
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromMilliseconds(200)));
    }

    [Test]
    public void Leaves_a_margin_of_the_clocks_granularity()
    {
        // 300 ms each time: RTTVAR 150 × 3/4 each, below 0.25 ms after 23 of them; then G counts (§2.3).
        var timer = new RetransmissionTimer();
        for (var time = 0; time < 40; time++) timer.Measure(TimeSpan.FromMilliseconds(300));
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromMilliseconds(301)));
    }

    [Test]
    public void Doubles_up_to_the_ceiling_and_no_further()
    {
        var timer = new RetransmissionTimer();
        var waits = new List<double>();
        for (var time = 0; time < 5; time++)
        {
            waits.Add(timer.Due.TotalSeconds);
            timer.BackOff();
        }

        Assert.That(waits, Is.EqualTo(new[] { 1.0, 2, 4, 8, 8 }));
    }

    [Test]
    public void A_round_trip_of_minutes_stays_below_the_ceiling()
    {
        var timer = new RetransmissionTimer();
        timer.Measure(TimeSpan.FromMinutes(3));
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromSeconds(8)));
    }

    [Test]
    public void A_measurement_ends_the_backing_off()
    {
        var timer = new RetransmissionTimer();
        timer.BackOff();
        timer.BackOff();
        timer.Measure(TimeSpan.FromMilliseconds(100));
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromMilliseconds(300)));
    }

    [Test]
    public void Progress_ends_the_backing_off_too()
    {
        var timer = new RetransmissionTimer();
        timer.BackOff();
        timer.Advance();
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromSeconds(1)), "nothing is measured yet");
        timer.Measure(TimeSpan.FromMilliseconds(100));
        timer.BackOff();
        timer.BackOff();
        timer.Advance();
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromMilliseconds(300)));
    }

    // (R, PTO) in ms after one sample: the variation is R / 2, so that SRTT + 4 RTTVAR is 3 R.
    [TestCase(1, 10)]
    [TestCase(100, 300)]
    public void A_probe_is_due_after_what_the_variation_makes_likely(double roundTrip, double due)
    {
        var timer = new RetransmissionTimer();
        Assert.That(timer.ProbeDue, Is.Null);
        timer.Measure(TimeSpan.FromMilliseconds(roundTrip));
        Assert.That(timer.ProbeDue, Is.EqualTo(TimeSpan.FromMilliseconds(due)));
    }

    [Test]
    public void On_a_steady_path_a_probe_is_due_after_two_round_trips()
    {
        var timer = new RetransmissionTimer();
        for (var time = 0; time < 40; time++) timer.Measure(TimeSpan.FromMilliseconds(100));
        Assert.That(timer.ProbeDue, Is.EqualTo(TimeSpan.FromMilliseconds(200)));
    }

    [Test]
    public void The_clients_own_timeout_neither_adapts_nor_doubles()
    {
        var timer = new RetransmissionTimer(TimeSpan.FromSeconds(255));
        timer.Measure(TimeSpan.FromMilliseconds(100));
        timer.BackOff();
        Assert.That(timer.Due, Is.EqualTo(TimeSpan.FromSeconds(255)));
        Assert.That(timer.RoundTrip, Is.EqualTo(TimeSpan.FromMilliseconds(100)), "measured for the log all the same");
    }
}
