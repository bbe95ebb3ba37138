using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class SecretChanceTests
{
    // The reference implementation's key, and its vector of eight bytes.
    private static readonly UInt128 Key = new(0x0F0E_0D0C_0B0A_0908, 0x0706_0504_0302_0100);

    [Test]
    public void Is_siphash_2_4() =>
        Assert.That(new SecretChance(Key).Hash(0x0706_0504_0302_0100), Is.EqualTo(0x93F5_F579_9A93_2462));

    [Test]
    public void The_same_key_gives_the_same_numbers_and_another_key_others()
    {
        var (one, same, other) = (new SecretChance(1), new SecretChance(1), new SecretChance((UInt128)1 << 64));
        var numbers = Enumerable.Range(0, 8).Select(_ => one.Next()).ToArray();
        Assert.That(Enumerable.Range(0, 8).Select(_ => same.Next()), Is.EqualTo(numbers));
        Assert.That(Enumerable.Range(0, 8).Select(_ => other.Next()), Is.Not.EqualTo(numbers));
        Assert.That(numbers, Is.Unique);
    }

    [Test]
    public void Is_even_over_its_range()
    {
        var chance = new SecretChance(7);
        var counts = new int[5];
        for (var draw = 0; draw < 5000; draw++) counts[chance.Below(5)]++;
        Assert.That(counts, Has.All.InRange(850, 1150));
        var times = Enumerable.Range(0, 1000).Select(_ => chance.UpTo(TimeSpan.FromSeconds(1)).TotalSeconds).ToList();
        Assert.That(times, Has.All.InRange(0, 1));
        Assert.That(times.Average(), Is.InRange(0.45, 0.55));
    }
}
