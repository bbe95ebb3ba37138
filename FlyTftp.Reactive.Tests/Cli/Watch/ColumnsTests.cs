using FlyTftp.Reactive.Cli.Watch;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Watch;

public sealed class ColumnsTests
{
    [TestCase("abc", 5, "abc  ")]
    [TestCase("abc", 3, "abc")]
    [TestCase("abcd", 3, "ab…")]
    [TestCase("启动", 4, "启动")]
    [TestCase("启动", 3, "启…", Description = "half a character is none")]
    [TestCase("启动a", 4, "启… ")]
    [TestCase("e\u0301a", 2, "e\u0301a", Description = "a mark takes no column")]
    [TestCase("abc", 0, "")]
    public void Takes_exactly_its_width(string text, int width, string expected) => Assert.That(Columns.Fit(text, width), Is.EqualTo(expected));

    [Test]
    public void Figures_stand_to_the_right() => Assert.That(Columns.FitRight("12 ms", 8), Is.EqualTo("   12 ms"));
}
