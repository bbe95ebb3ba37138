using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Names;

public sealed class WindowsNamesTests
{
    [TestCase("boot.wim")]
    [TestCase("com")]
    [TestCase("com10.cfg")]
    [TestCase("console")]
    [TestCase("a b")]
    [TestCase("ü")]
    public void Leaves_plain_names_alone(string segment) => Assert.That(WindowsNames.IsHarmless(segment));

    [TestCase("a.", Description = "a dot, which Windows drops")]
    [TestCase("...", Description = "dots")]
    [TestCase("a ", Description = "a space, which Windows drops")]
    [TestCase("C:", Description = "a drive")]
    [TestCase("a:stream", Description = "an alternate stream")]
    [TestCase("a*", Description = "a wild card")]
    [TestCase("NUL", Description = "a device")]
    [TestCase("con.txt", Description = "a device, whatever its extension")]
    [TestCase("Aux .img", Description = "a device")]
    [TestCase("lpt1", Description = "a device")]
    [TestCase("com²", Description = "a device")]
    [TestCase("CONOUT$", Description = "a device")]
    [TestCase("x\\xFF", Description = "a byte that is no text")]
    public void Knows_what_means_something_else_there(string segment) => Assert.That(WindowsNames.IsHarmless(segment.Odd()), Is.False);
}
