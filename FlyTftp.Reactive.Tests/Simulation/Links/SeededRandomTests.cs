using FlyTftp.Reactive.Simulation.Links;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Simulation.Links;

internal sealed class SeededRandomTests
{
    /// <summary>The vectors that implementations of SplitMix64 are commonly checked by.</summary>
    [Test]
    public void Gives_the_known_sequence_of_SplitMix64()
    {
        var zero = new SeededRandom(0);
        Assert.That((ulong[])[zero.Next(), zero.Next(), zero.Next()], Is.EqualTo((ulong[])[0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]));
        var other = new SeededRandom(1234567);
        Assert.That((ulong[])[other.Next(), other.Next()], Is.EqualTo((ulong[])[6457827717110365317, 3203168211198807973]));
    }

    [Test]
    public void Stays_below_its_bound_and_reaches_all_of_it()
    {
        var chance = new SeededRandom(1);
        var drawn = Enumerable.Range(0, 10_000).Select(_ => chance.Below(10)).ToList();
        Assert.That(drawn.Distinct().Order(), Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public void Happens_about_as_often_as_asked()
    {
        var chance = new SeededRandom(2);
        Assert.That(Enumerable.Range(0, 100_000).Count(_ => chance.Happens(0.05)), Is.InRange(4_700, 5_300));
        Assert.That(chance.Happens(0), Is.False);
        Assert.That(chance.Happens(1), Is.True);
    }

    [Test]
    public void A_split_source_does_not_depend_on_later_draws()
    {
        var (one, other) = (new SeededRandom(3), new SeededRandom(3));
        var (split, same) = (one.Split(), other.Split());
        one.Next();
        Assert.That(split.Next(), Is.EqualTo(same.Next()));
    }
}
