using FlyTftp.Reactive.Cli;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class NearestNameTests
{
    [TestCase("--retrys", "did you mean --retries?")]
    [TestCase("--retrie", "did you mean --retries?")]
    [TestCase("--blksizemax", "did you mean --blksize-max?")]
    [TestCase("--rooot", "did you mean --root?")]
    [TestCase("--Root", "did you mean --root?")]
    [TestCase("--toot", "did you mean --root?")]
    [TestCase("--boat", "allowed are --root, --retries, --blksize-max, -o")]
    [TestCase("-x", "allowed are --root, --retries, --blksize-max, -o")]
    [TestCase("", "allowed are --root, --retries, --blksize-max, -o")]
    public void Suggests_what_is_a_slip_away_and_else_says_what_is_allowed(string written, string expected) =>
        Assert.That(NearestName.Suggest(written, ["--root", "--retries", "--blksize-max", "-o"]), Is.EqualTo(expected));

    [Test]
    public void Does_not_measure_what_nobody_mistyped() =>
        Assert.That(NearestName.Suggest(new string('x', 100_000), ["--root"]), Is.EqualTo("allowed are --root"));
}
