using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Clients;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Simulation;

/// <summary>
/// What windows are worth on paths with a bottleneck, by virtual time and so the same at every run: a part of the grid that
/// <c>FlyTftp.Reactive.Benchmarks paths</c> goes through. A share is of <see cref="PathTrial.Floor"/>, what a window protocol can reach at all.
/// </summary>
[Category("Simulation")]
internal sealed class PathTargetsTests
{
    private const int FourMegabytes = 4_000_000, SixtyFourKiB = 65_536;

    private static readonly NetworkPath[] Paths =
    [
        .. from rate in (double[])[5, 20, 100]
           from roundTrip in (double[])[10, 40, 150]
           from queue in (int[])[16, 256]
           select new NetworkPath(rate, roundTrip, queue),
    ];

    [TestCase(GapAnswer.Once)]
    [TestCase(GapAnswer.EveryBlock)]
    [TestCase(GapAnswer.LaterBlocks)]
    public void Without_random_loss_a_window_reaches_its_floor(GapAnswer client)
    {
        var (shares, sent) = Run(client, loss: 0);
        Assert.That(Median(shares), Is.GreaterThanOrEqualTo(0.95));
        Assert.That(shares, Is.All.GreaterThanOrEqualTo(0.75));
        Assert.That(Median(sent), Is.LessThanOrEqualTo(1.05));
        Assert.That(sent, Is.All.LessThanOrEqualTo(1.15));
    }

    [TestCase(GapAnswer.Once)]
    [TestCase(GapAnswer.EveryBlock)]
    [TestCase(GapAnswer.LaterBlocks)]
    public void With_half_a_percent_lost_it_comes_near(GapAnswer client)
    {
        var (shares, sent) = Run(client, loss: 0.005);
        Assert.That(Median(shares), Is.GreaterThanOrEqualTo(0.85));
        Assert.That(shares, Is.All.GreaterThanOrEqualTo(0.6));
        Assert.That(sent, Is.All.LessThanOrEqualTo(1.3));
    }

    [Test]
    public void A_window_that_overflows_a_queue_does_not_do_so_for_ever([Range(1, 8)] int seed)
    {
        // Each block behind a gap is acknowledged by the number before it: those of one gap must not lead to the next.
        var trial = new PathTrial(new(5, 10, 16), 64, GapAnswer.EveryBlock, 0.005, FourMegabytes);
        var result = trial.Run(seed);
        Assert.That(result.Violation, Is.Null);
        Assert.That(trial.SentOf(result), Is.LessThanOrEqualTo(1.3));
    }

    [Test]
    public void A_client_that_answers_no_gap_gets_its_file_all_the_same()
    {
        var trials = Paths.Select(path => new PathTrial(path, 32, GapAnswer.Never, 0.005, SixtyFourKiB).Run(1)).ToList();
        Assert.That(trials.Select(result => result.Violation), Is.All.Null);
        Assert.That(trials.Select(result => result.Completions), Is.All.EqualTo(1));
    }

    [Test]
    public void A_window_is_never_slower_than_none([Values(4, 8, 16, 32, 64)] int windowSize)
    {
        foreach (var path in Paths)
        {
            var (window, lockStep) = (Time(new(path, windowSize, GapAnswer.Once, 0, SixtyFourKiB)), Time(new(path, 1, GapAnswer.Once, 0, SixtyFourKiB)));
            Assert.That(window, Is.LessThanOrEqualTo(lockStep), $"{path}");
        }
    }

    [TestCase(20, 16, 10, 256, 2)]
    [TestCase(20, 64, 40, 64, 6)]
    [TestCase(50, 32, 40, 64, 8)]
    public void Clients_that_are_switched_on_together_do_not_fill_their_link_with_repeats(int clients, int window, int roundTrip, int queue, double sentMax)
    {
        // 5 Mbit/s, and each client answers whatever it cannot use. The queue holds up to half a second, of which nobody knew when the OACK was measured.
        var trial = new PathTrial(new(5, roundTrip, queue), window, GapAnswer.EveryBlock, 0, 1_000_000) { Clients = clients, StartsWithin = TimeSpan.FromMilliseconds(1) };
        var result = trial.Run(1);
        Assert.Multiple(() =>
        {
            Assert.That(result.Violation, Is.Null);
            Assert.That(result.Transfers, Has.Count.EqualTo(clients));
            Assert.That(trial.SentOf(result), Is.LessThan(sentMax));
        });
    }

    [Test]
    public void Twenty_clients_share_a_link()
    {
        var result = new PathTrial(new(20, 40, 32), 16, GapAnswer.Once, 0, 1_000_000) { Clients = 20 }.Run(1);
        Assert.That(result.Violation, Is.Null);
        Assert.That(result.Transfers, Has.Count.EqualTo(20));
        var seconds = (result.Transfers.Max(one => one.Ended) - result.Transfers.Min(one => one.Began)).TotalSeconds;
        Assert.That(result.Transfers.Sum(one => (double)one.Bytes) / seconds, Is.GreaterThanOrEqualTo(0.4 * 20e6 / 8));
        var speeds = result.Transfers.Select(one => one.Bytes / (one.Ended - one.Began).TotalSeconds).ToList();
        Assert.That(speeds.Min(), Is.GreaterThanOrEqualTo(0.5 * speeds.Average()));
    }

    [Test]
    public void U_boots_timeout_costs_nothing([Values(1, 8)] int windowSize)
    {
        // 2 % loss: of one seed a single lost ACK decides, of twenty it does not.
        double Sum(int timeout) => Enumerable.Range(1, 20).Sum(seed =>
            Time(new(new(0, 20, 64), windowSize, GapAnswer.Once, 0.02, 300_000) { TimeoutSeconds = timeout }, seed));
        Assert.That(Sum(5), Is.LessThanOrEqualTo(1.3 * Sum(0)));
    }

    private static (List<double> Shares, List<double> Sent) Run(GapAnswer client, double loss)
    {
        var runs = (from path in Paths from window in (int[])[8, 16, 32, 64] select new PathTrial(path, window, client, loss, FourMegabytes))
            .AsParallel().AsOrdered().Select(trial => (Trial: trial, Result: trial.Run(1))).ToList();
        Assert.That(runs.Select(run => run.Result.Violation), Is.All.Null);
        Assert.That(runs.Select(run => run.Result.Completions), Is.All.EqualTo(1));
        return (
            [.. runs.Select(run => FourMegabytes / run.Trial.SecondsOf(run.Result) / run.Trial.Floor)],
            [.. runs.Select(run => run.Trial.SentOf(run.Result))]);
    }

    private static double Time(PathTrial trial, long seed = 1)
    {
        var result = trial.Run(seed);
        Assert.That(result.Violation, Is.Null);
        return trial.SecondsOf(result);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
