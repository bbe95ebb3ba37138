using System.Numerics;
using CsCheck;
using FlyTftp.Reactive.Replay.Captures;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class TimescaleTests
{
    [TestCase(0, 0, 5UL, 5_000_000_000)]
    [TestCase(3, 0, 5UL, 5_000_000)]
    [TestCase(6, 0, 5UL, 5_000)]
    [TestCase(9, 0, 5UL, 5)]
    [TestCase(12, 0, 5_999UL, 5)]
    [TestCase(28, 0, ulong.MaxValue, 1)]
    [TestCase(29, 0, ulong.MaxValue, 0)]
    [TestCase(127, 0, ulong.MaxValue, 0)]
    [TestCase(0x80 | 0, 0, 5UL, 5_000_000_000)]
    [TestCase(0x80 | 1, 0, 5UL, 2_500_000_000)]
    [TestCase(0x80 | 32, 0, 0x1_8000_0000UL, 1_500_000_000)]
    [TestCase(0x80 | 127, 0, ulong.MaxValue, 0)]
    [TestCase(9, -3, 1UL, -2_999_999_999)]
    [TestCase(9, 0, (ulong)long.MaxValue, long.MaxValue)]
    public void Converts(byte resolution, long offsetSeconds, ulong units, long nanoseconds)
    {
        Assert.That(Timescale.Of(resolution, offsetSeconds).TryConvert(units, out var time));
        Assert.That(time.Nanoseconds, Is.EqualTo(nanoseconds));
    }

    [TestCase(9, 0, (ulong)long.MaxValue + 1)]
    [TestCase(0, 0, ulong.MaxValue)]
    [TestCase(6, long.MaxValue, 0UL)]
    [TestCase(6, long.MinValue, 0UL)]
    public void Does_not_convert_what_is_out_of_range(byte resolution, long offsetSeconds, ulong units) =>
        Assert.That(Timescale.Of(resolution, offsetSeconds).TryConvert(units, out _), Is.False);

    [Test]
    public void Agrees_with_arithmetic_of_any_precision() =>
        Gen.Select(Gen.Byte, Gen.OneOf(Gen.Long, Gen.Long[-9_000_000_000, 9_000_000_000]), Gen.ULong).Sample((resolution, offsetSeconds, units) =>
        {
            var unitsPerSecond = BigInteger.Pow((resolution & 0x80) != 0 ? 2 : 10, resolution & 0x7F);
            var exact = units * new BigInteger(1_000_000_000) / unitsPerSecond + offsetSeconds * new BigInteger(1_000_000_000);
            var isHeld = Timescale.Of(resolution, offsetSeconds).TryConvert(units, out var time);
            return isHeld == (exact >= long.MinValue && exact <= long.MaxValue) && (!isHeld || time.Nanoseconds == exact);
        }, iter: 50_000);
}
