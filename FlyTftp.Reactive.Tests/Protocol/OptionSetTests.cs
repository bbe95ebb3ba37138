using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class OptionSetTests
{
    [TestCase("0", 0)]
    [TestCase("1432", 1432)]
    [TestCase("0512", 512)]
    [TestCase("999999999999999999", 999_999_999_999_999_999)]
    public void A_number_is_written_in_digits(string value, long expected)
    {
        Assert.That(new TransferOption("tsize", value).TryGetNumber(out var number), Is.True);
        Assert.That(number, Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1 ")]
    [TestCase("1.0")]
    [TestCase("1,000")]
    [TestCase("0x10")]
    [TestCase("1e3")]
    [TestCase("٣")]
    [TestCase("1000000000000000000")]
    [TestCase("99999999999999999999999999")]
    public void Anything_else_is_no_number(string value) =>
        Assert.That(new TransferOption("tsize", value).TryGetNumber(out _), Is.False);

    [Test]
    public void Every_number_of_up_to_18_digits_is_read_back() => Gen.Long[0, 999_999_999_999_999_999]
        .Sample(number => new TransferOption("tsize", $"{number}").TryGetNumber(out var read) && read == number);

    [TestCase("blksize")]
    [TestCase("BLKSIZE")]
    [TestCase("BlkSize")]
    public void A_name_is_found_in_any_case(string name) =>
        Assert.That(new OptionSet(new TransferOption(name, "8")).TryGet(OptionSet.BlockSize, out var found) ? found.Name : null, Is.EqualTo(name));

    [Test]
    public void The_first_of_a_name_counts()
    {
        var options = new OptionSet(new("tsize", "0"), new("blksize", "8"), new("BLKSIZE", "9"));
        Assert.That(options.TryGet("blksize", out var found) ? found.Value : null, Is.EqualTo("8"));
    }

    [Test]
    public void A_name_that_is_not_there_is_not_found() => Assert.That(OptionSet.Empty.TryGet("tsize", out _), Is.False);

    [Test]
    public void Equal_sets_have_equal_hash_codes() => ProtocolGen.Options.Sample(options =>
        new OptionSet([.. options]) is var copy && copy.Equals(options) && copy.GetHashCode() == options.GetHashCode());

    [Test]
    public void Order_counts() => Assert.That(
        new OptionSet(new("a", "1"), new("b", "2")), Is.Not.EqualTo(new OptionSet(new("b", "2"), new("a", "1"))));

    [Test]
    public void Is_shown_as_pairs() =>
        Assert.That(new OptionSet(new("blksize", "1428"), new("tsize", "0")).ToString(), Is.EqualTo("blksize=1428 tsize=0"));
}
