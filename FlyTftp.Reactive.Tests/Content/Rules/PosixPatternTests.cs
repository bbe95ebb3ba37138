using System.Text.RegularExpressions;
using FlyTftp.Reactive.Content.Rules;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Rules;

public sealed class PosixPatternTests
{
    [TestCase(@"^boot", "boot/x", true)]
    [TestCase(@"\.efi$", "x.efi", true)]
    [TestCase(@"\.efi$", "x.efi\n", false, Description = "the end is the end")]
    [TestCase(@"a.b", "a\nb", true, Description = "any character")]
    [TestCase(@"^[^/\\]+$", "a/b", false)]
    [TestCase(@"^[^/\\]+$", @"a\b", false)]
    [TestCase(@"^[^/\]+$", @"a\b", false, Description = "a backslash in brackets is one")]
    [TestCase(@"^[]a]+$", "]a", true, Description = "a bracket in the first place")]
    [TestCase(@"^[^]a]+$", "b]", false)]
    [TestCase(@"^[[a]+$", "[a", true)]
    [TestCase(@"^[a-c-[b]]+$", "b]", true, Description = "no subtraction of sets: POSIX does not know it")]
    [TestCase(@"^[[:alpha:][:digit:]_]+$", "aZ9_", true)]
    [TestCase(@"^[[:upper:]]+$", "a", false)]
    [TestCase(@"^[[:xdigit:]]{2}(-[[:xdigit:]]{2}){5}$", "52-54-00-12-34-5F", true)]
    [TestCase(@"^[[:punct:]]+$", @"!/:@[\]^_`{~-", true)]
    [TestCase(@"^[[:space:]]$", "\t", true)]
    [TestCase(@"\<boot\>", "x/boot/y", true)]
    [TestCase(@"\<boot\>", "reboot", false)]
    [TestCase(@"a{,2}b$", "aab", true)]
    [TestCase(@"(a|b)\1", "bb", true, Description = "a back reference")]
    [TestCase(@"a\#b\ c", "a#b c", true)]
    public void Means_what_egrep_means(string pattern, string name, bool matches) =>
        Assert.That(Regex.IsMatch(name, PosixPattern.ToDotNet(pattern, ignoreCase: false)), Is.EqualTo(matches));

    [TestCase("[a")]
    [TestCase("[[:nothing:]]")]
    [TestCase("(a")]
    [TestCase("*a")]
    public void What_is_no_expression_is_an_error(string pattern) =>
        Assert.That(() => new Regex(PosixPattern.ToDotNet(pattern, ignoreCase: false)), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void Case_counts_unless_it_does_not()
    {
        Assert.That(Regex.IsMatch("BOOT", PosixPattern.ToDotNet("boot", ignoreCase: false)), Is.False);
        Assert.That(Regex.IsMatch("BOOT", PosixPattern.ToDotNet("boot", ignoreCase: true)));
    }
}
