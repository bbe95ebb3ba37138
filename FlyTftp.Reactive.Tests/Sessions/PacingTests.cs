using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class PacingTests
{
    private static readonly Pacing Tens = new(10, TimeSpan.FromMilliseconds(10));

    [TestCase(0, 10)]
    [TestCase(9.9, 10)]
    [TestCase(10, 13)]
    [TestCase(39.9, 13)]
    [TestCase(40, 16)]
    [TestCase(1000, 20)]
    public void Blocks_are_due_in_groups(double milliseconds, int due) => Assert.That(Tens.DueBy(TimeSpan.FromMilliseconds(milliseconds), 20), Is.EqualTo(due));

    [Test]
    public void Each_is_due_when_its_offset_says()
    {
        for (var number = 0; number < 40; number++)
        {
            Assert.That(Tens.DueBy(Tens.OffsetOf(number), 40), Is.GreaterThan(number));
            if (Tens.OffsetOf(number) is var offset && offset > TimeSpan.Zero) Assert.That(Tens.DueBy(offset - TimeSpan.FromTicks(1), 40), Is.LessThanOrEqualTo(number));
        }
    }

    [Test]
    public void Without_pacing_all_are_due_at_once()
    {
        Assert.That(default(Pacing).IsNone);
        Assert.That(default(Pacing).DueBy(TimeSpan.Zero, 64), Is.EqualTo(64));
        Assert.That(default(Pacing).OffsetOf(63), Is.EqualTo(TimeSpan.Zero));
    }
}
