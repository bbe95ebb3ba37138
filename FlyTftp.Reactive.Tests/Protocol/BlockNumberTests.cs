using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class BlockNumberTests
{
    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(65535, 65535)]
    [TestCase(65536, 0)]
    [TestCase(65537, 1)]
    [TestCase(10_000_000_000, 0xE400)]
    public void Goes_from_65535_to_0(long index, int number) => Assert.That(BlockNumber.Of(index).Value, Is.EqualTo(number));

    [TestCase(5, 5, 5)]
    [TestCase(5, 0, 0)]
    [TestCase(65_536, 0, 65_536)]
    [TestCase(65_537, 65_535, 65_535)]
    [TestCase(131_072, 65_535, 131_071)]
    public void Stands_for_the_last_block_sent_that_bears_it(long last, int number, long index) =>
        Assert.That(new BlockNumber((ushort)number).IndexAtOrBelow(last), Is.EqualTo(index));

    [TestCase(0, 1)]
    [TestCase(5, 6)]
    [TestCase(65_534, 65_535)]
    public void Stands_for_nothing_when_no_block_sent_bears_it(long last, int number) =>
        Assert.That(new BlockNumber((ushort)number).IndexAtOrBelow(last), Is.Negative);

    [Test]
    public void Agrees_with_a_search_block_by_block() =>
        Gen.Select(Gen.OneOf(Gen.Long[0, 300], Gen.Long[65_000, 66_100], Gen.Long[130_500, 131_500]), Gen.OneOf(Gen.UShort, Gen.UShort[0, 300]))
            .Sample((last, number) =>
            {
                var expected = last;
                while (expected >= 0 && (ushort)expected != number) expected--;
                var found = new BlockNumber(number).IndexAtOrBelow(last);
                return expected < 0 ? found < 0 : found == expected;
            }, iter: 2_000);

    [Test]
    public void Finds_every_index_of_the_window_that_ends_with_the_last_block() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Int[0, 65_535]).Sample((last, back) =>
            last < back || BlockNumber.Of(last - back).IndexAtOrBelow(last) == last - back);

    [Test]
    public void Is_shown_as_a_plain_number() => Assert.That(BlockNumber.Of(65_535).ToString(), Is.EqualTo("65535"));
}
