using System.Diagnostics;
using FlyTftp.Reactive.Server.Linux.Sockets;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

internal sealed class AnswerWaitTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(100), Near = TimeSpan.FromMicroseconds(60), Far = TimeSpan.FromMilliseconds(40);
    private static readonly long Length = (long)(Longest.TotalSeconds * Stopwatch.Frequency);

    [TestCase(60, true)]
    [TestCase(1000, true)]
    [TestCase(1001, false)]
    [TestCase(40_000, false)]
    public void Polls_for_a_peer_near_by_and_for_no_other(int microseconds, bool isNear)
    {
        var wait = new AnswerWait(Longest);
        Assert.That(wait.Begin(), Is.False);
        wait.Sent(TimeSpan.FromMicroseconds(microseconds));
        Assert.That(wait.Begin(), Is.EqualTo(isNear));
    }

    [Test]
    public void Polls_for_nobody_whose_round_trip_is_not_known()
    {
        var wait = new AnswerWait(Longest);
        wait.Sent(null);
        Assert.That(wait.Begin(), Is.False);
    }

    [Test]
    public void Polls_for_nobody_where_that_is_switched_off()
    {
        var wait = new AnswerWait(TimeSpan.Zero);
        wait.Sent(TimeSpan.Zero);
        Assert.That(wait.Begin(), Is.False);
    }

    [Test]
    public void One_answer_is_polled_for_no_longer_though_peers_far_away_answer_meanwhile()
    {
        var wait = new AnswerWait(Longest);
        wait.Sent(Near);
        Assert.That((wait.Begin(), wait.GoesOn(1000), wait.GoesOn(1000 + Length / 2)), Is.EqualTo((true, true, true)));
        wait.Succeeded();
        wait.Sent(Far);
        Assert.That((wait.Begin(), wait.GoesOn(1000 + Length - 1), wait.GoesOn(1000 + Length)), Is.EqualTo((true, true, false)));
        Assert.That(wait.Begin(), Is.False);
    }

    [Test]
    public void Each_poll_in_vain_doubles_the_waits_that_are_slept_through_and_a_success_ends_that()
    {
        var wait = new AnswerWait(Longest);
        List<int> slept = [];
        for (var polls = 0; polls < 8; polls++)
        {
            slept.Add(SleepsBeforePoll());
            wait.GoesOn(1);
            wait.GoesOn(1 + Length);
        }

        Assert.That(slept, Is.EqualTo((int[])[0, 1, 3, 7, 15, 31, 63, AnswerWait.SkipsMax]));
        SleepsBeforePoll();
        wait.Succeeded();
        wait.Sent(Near);
        Assert.That(wait.Begin());

        int SleepsBeforePoll()
        {
            for (var sleeps = 0; ; sleeps++)
            {
                wait.Sent(Near);
                if (wait.Begin()) return sleeps;
            }
        }
    }
}
