using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class NegotiationTests
{
    private static readonly NegotiationLimits Generous = new(65464, 65535, int.MaxValue);

    [TestCase("blksize=1432 tsize=0", "blksize=1432 tsize=1000")]
    [TestCase("TSIZE=0 BlkSize=1408", "TSIZE=1000 BlkSize=1408")]
    [TestCase("tsize=4711", "tsize=1000")]
    [TestCase("timeout=1 utimeout=300 rollover=0", "timeout=1")]
    [TestCase("timeout=001", "timeout=001")]
    [TestCase("blksize=7", "")]
    [TestCase("blksize=8", "blksize=8")]
    [TestCase("blksize=65464", "blksize=65464")]
    [TestCase("blksize=65465", "blksize=65464", Description = "a smaller one than was asked is always allowed")]
    [TestCase("windowsize=0", "")]
    [TestCase("windowsize=65535", "windowsize=65535")]
    [TestCase("windowsize=65536", "")]
    [TestCase("timeout=0", "")]
    [TestCase("timeout=2", "")]
    [TestCase("timeout=255", "")]
    [TestCase("timeout=256", "")]
    [TestCase("tsize=-1", "")]
    [TestCase("blksize=1024 BLKSIZE=2048", "blksize=1024")]
    [TestCase("blksize=1 blksize=1024", "")]
    [TestCase("blksize=99999999999999999999999", "")]
    public void Grants_what_is_asked_and_in_range_as_it_is_spelled(string asked, string granted) =>
        Assert.That(Negotiation.Grant(Parse(asked), Generous, 1000).Granted.ToString(), Is.EqualTo(granted));

    [Test]
    public void Leaves_tsize_out_where_the_size_is_not_known() =>
        Assert.That(Negotiation.Grant(Parse("tsize=0 blksize=600"), Generous, null).Granted.ToString(), Is.EqualTo("blksize=600"));

    [Test]
    public void Tells_the_size_of_an_empty_file() =>
        Assert.That(Negotiation.Grant(Parse("tsize=0"), Generous, 0).Granted.ToString(), Is.EqualTo("tsize=0"));

    [Test]
    public void Grants_no_more_than_the_limits() => Assert.That(
        Negotiation.Grant(Parse("windowsize=64 blksize=8192"), new(1428, 16, 10_000), 1).Granted.ToString(), Is.EqualTo("windowsize=7 blksize=1428"));

    [Test]
    public void One_block_is_always_in_flight() => Assert.That(
        Negotiation.Grant(Parse("windowsize=4 blksize=8192"), new(65464, 64, 100), 1).Parameters, Is.EqualTo(new TransferParameters(8192, 1, null)));

    [Test]
    public void Nothing_asked_is_plain_RFC_1350() => Assert.That(
        Negotiation.Grant(OptionSet.Empty, new(100, 1, 1), 1), Is.EqualTo((TransferParameters.Default, OptionSet.Empty)));

    [Test]
    public void An_OACK_is_a_part_of_what_was_asked_in_its_order_and_spelling() => Sample((asked, _, _, _, granted) =>
    {
        var rest = asked.Select(option => option.Name).ToList();
        foreach (var option in granted)
        {
            var place = rest.IndexOf(option.Name);
            if (place < 0) return false;
            rest.RemoveRange(0, place + 1);
        }

        return granted.DistinctBy(option => option.Name.ToUpperInvariant()).Count() == granted.Count;
    });

    [Test]
    public void Only_names_that_an_RFC_defines_are_granted() => Sample((_, _, _, _, granted) => granted.All(option =>
        option.Is("blksize") || option.Is("tsize") || option.Is("timeout") || option.Is("windowsize")));

    [Test]
    public void The_block_size_granted_is_used_and_never_above_what_was_asked_or_is_allowed() =>
        Sample((asked, limits, _, parameters, granted) => Number(granted, "blksize") is { } value
            ? value == parameters.BlockSize && value >= 8 && value <= Number(asked, "blksize") && value <= limits.BlockSizeMax
            : parameters.BlockSize == 512);

    [Test]
    public void The_window_granted_is_used_and_never_above_what_was_asked_or_is_allowed() =>
        Sample((asked, limits, _, parameters, granted) => Number(granted, "windowsize") is { } value
            ? value == parameters.WindowSize && value >= 1 && value <= Number(asked, "windowsize") && value <= limits.WindowSizeMax
                && (value == 1 || value * parameters.BlockSize <= limits.WindowBytes)
            : parameters.WindowSize == 1);

    [Test]
    public void The_timeout_granted_is_the_one_asked() => Sample((asked, _, _, parameters, granted) =>
        granted.TryGet("timeout", out var given)
            ? asked.TryGet("timeout", out var wanted) && given == wanted && parameters.Timeout == TimeSpan.FromSeconds(Number(granted, "timeout")!.Value)
            : parameters.Timeout is null);

    [Test]
    public void The_size_granted_is_the_size() => Sample((_, _, size, _, granted) => !granted.TryGet("tsize", out _) || Number(granted, "tsize") == size);

    [Test]
    public void The_first_of_a_name_is_granted_if_and_only_if_it_is_in_range() => Sample((asked, _, size, _, granted) =>
        IsInRange(asked, "blksize", 8, long.MaxValue) == granted.TryGet("blksize", out _)
        && IsInRange(asked, "windowsize", 1, 65535) == granted.TryGet("windowsize", out _)
        && IsInRange(asked, "timeout", 1, 1) == granted.TryGet("timeout", out _)
        && (IsInRange(asked, "tsize", 0, long.MaxValue) && size is not null) == granted.TryGet("tsize", out _));

    private static bool IsInRange(OptionSet asked, string name, long min, long max) => Number(asked, name) is { } value && value >= min && value <= max;

    private static long? Number(OptionSet options, string name) =>
        options.TryGet(name, out var option) && option.TryGetNumber(out var number) ? number : null;

    private static OptionSet Parse(string text) => new([.. text.Split(' ').Select(pair => new TransferOption(pair.Split('=')[0], pair.Split('=')[1]))]);

    private static void Sample(Func<OptionSet, NegotiationLimits, long?, TransferParameters, OptionSet, bool> holds) =>
        Gen.Select(ProtocolGen.AskedOptions, ProtocolGen.Limits, Gen.Long[0, 1L << 40], Gen.Bool).Sample((asked, limits, bytes, isKnown) =>
        {
            long? size = isKnown ? bytes : null;
            var (parameters, granted) = Negotiation.Grant(asked, limits, size);
            return holds(asked, limits, size, parameters, granted);
        }, iter: 10_000);
}
