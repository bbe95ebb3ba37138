using FlyTftp.Reactive.Sessions.Recovery;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Recovery;

internal sealed class EchoesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    [Test]
    public void As_many_as_may_come_are_echoes_and_the_next_is_not()
    {
        var echoes = new Echoes();
        echoes.Expect(3, At(100));
        Assert.That(new[] { 10, 20, 30, 40 }.Select(time => echoes.Take(At(time), RoundTrip)), Is.EqualTo(new[] { true, true, true, false }));
    }

    [Test]
    public void After_their_time_none_is_expected()
    {
        var echoes = new Echoes();
        echoes.Expect(3, At(100));
        Assert.That(echoes.Take(At(101), RoundTrip), Is.False);
    }

    [Test]
    public void Each_lets_the_next_take_as_long()
    {
        var echoes = new Echoes();
        echoes.Expect(4, At(100));
        Assert.That(new[] { 90, 140, 190, 241 }.Select(time => echoes.Take(At(time), RoundTrip)), Is.EqualTo(new[] { true, true, true, false }));
    }

    [Test]
    public void At_first_none_is_expected() => Assert.That(new Echoes().Take(At(0), RoundTrip), Is.False);

    private static DateTimeOffset At(double milliseconds) => Start.AddMilliseconds(milliseconds);
}
