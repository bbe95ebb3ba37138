using System.Reactive.Linq;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Links;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Simulation.Links;

internal sealed class LinkOperatorsTests
{
    private const int Count = 10_000;
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Loses_its_share_and_keeps_the_rest_in_order()
    {
        var kept = Observe(static (source, _) => source.Lose(0.2, new SeededRandom(1))).Select(element => element.Value).ToList();
        Assert.That(kept, Is.Ordered.And.Unique);
        Assert.That(kept, Has.Count.InRange(7_800, 8_200));
    }

    [Test]
    public void Loses_nothing_or_all_at_the_ends_of_the_range()
    {
        Assert.That(Observe(static (source, _) => source.Lose(0, new SeededRandom(1))), Has.Count.EqualTo(Count));
        Assert.That(Observe(static (source, _) => source.Lose(1, new SeededRandom(1))), Is.Empty);
    }

    [Test]
    public void Brings_its_share_twice_and_the_copy_right_behind()
    {
        var came = Observe(static (source, _) => source.Duplicate(0.1, new SeededRandom(1))).Select(element => element.Value).ToList();
        Assert.That(came, Is.Ordered);
        Assert.That(came.Distinct().Count(), Is.EqualTo(Count));
        Assert.That(came, Has.Count.InRange(Count + 850, Count + 1_150));
    }

    [Test]
    public void Holds_its_share_back_no_longer_than_allowed_and_loses_none()
    {
        var hold = TimeSpan.FromMilliseconds(5);
        var came = Observe((source, scheduler) => source.Reorder(0.1, hold, new SeededRandom(1), scheduler));
        Assert.That(came.Select(element => element.Value).Order(), Is.EqualTo(Enumerable.Range(0, Count)));
        Assert.That(came.Count(element => element.Late > TimeSpan.Zero), Is.InRange(850, 1_150));
        Assert.That(came.Max(element => element.Late), Is.LessThanOrEqualTo(hold).And.GreaterThan(hold / 2));
        Assert.That(came.Select(element => element.Value), Is.Not.Ordered);
    }

    [Test]
    public void Brings_all_later_within_the_jitter_and_in_order()
    {
        var (shortest, jitter) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(4));
        var came = Observe((source, scheduler) => source.Lag(shortest, jitter, new SeededRandom(1), scheduler));
        Assert.That(came.Select(element => element.Value), Is.EqualTo(Enumerable.Range(0, Count)));
        Assert.That(came.Min(element => element.Late), Is.InRange(shortest, shortest + jitter / 10));
        Assert.That(came.Max(element => element.Late), Is.InRange(shortest + jitter * 0.9, shortest + jitter));
    }

    [Test]
    public void A_bottleneck_lets_bytes_through_one_after_the_other_and_drops_what_does_not_fit()
    {
        // An element a millisecond, of 3 bytes each, through 1000 bytes a second with room for 9.
        var dropped = new List<int>();
        var came = Observe((source, scheduler) => source.Take(10).Bottleneck(1000, 9, static _ => 3, dropped.Add, scheduler));
        Assert.That(came.Select(element => (element.Value, element.Value + (int)element.Late.TotalMilliseconds)),
            Is.EqualTo(new[] { (0, 3), (1, 6), (2, 9), (3, 12), (6, 15), (9, 18) }));
        Assert.That(dropped, Is.EqualTo(new[] { 4, 5, 7, 8 }));
    }

    [Test]
    public void A_link_accounts_for_what_it_loses()
    {
        var ledger = new LinkLedger();
        var conditions = new LinkConditions(0.2, 0, 0.1, TimeSpan.FromMilliseconds(20));
        var came = Observe((source, scheduler) => source.Through(conditions, new SeededRandom(1), ledger, scheduler));
        Assert.That(ledger.Entered, Is.EqualTo(Count));
        Assert.That(ledger.Lost, Is.EqualTo(Count - came.Count).And.InRange(1_800, 2_200));
        Assert.That(came.Max(element => element.Late), Is.LessThanOrEqualTo(conditions.Lifetime));
    }

    /// <summary>An element a millisecond, and how much later each came out; each operator must complete behind the last of them.</summary>
    private static List<(int Value, TimeSpan Late)> Observe(Func<IObservable<int>, VirtualTimeScheduler, IObservable<int>> link)
    {
        var scheduler = new VirtualTimeScheduler(Epoch);
        var came = new List<(int, TimeSpan)>();
        var isCompleted = false;
        var source = Observable.Generate(0, static n => n < Count, static n => n + 1, static n => n, static n => TimeSpan.FromMilliseconds(n == 0 ? 0 : 1), scheduler);
        using var subscription = link(source, scheduler).Subscribe(
            value =>
            {
                Assert.That(isCompleted, Is.False);
                came.Add((value, scheduler.Now - Epoch - TimeSpan.FromMilliseconds(value)));
            },
            () => isCompleted = true);
        while (scheduler.RunNext())
        {
        }

        Assert.That(isCompleted, Is.True);
        return came;
    }
}
