using FlyTftp.Reactive.Content.Rules;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Rules;

public sealed class RuleFileTests
{
    [TestCase("", 0)]
    [TestCase("# nothing\n\n   # at all\n", 0)]
    [TestCase("r a b", 1)]
    [TestCase("r\ta\tb\r\nri c d # a comment\n", 2)]
    [TestCase("  a ^secret#comment", 1)]
    public void Reads_rules_and_comments(string text, int count) => Assert.That(Parse(text).Count, Is.EqualTo(count));

    [TestCase("x a b", "map:1: operation \"x\": 'x' is none; allowed are r g i e s a G P 4 6 ~")]
    [TestCase("r a b\nr~ a b", "map:2: operation \"r~\": r and ~ do not go together")]
    [TestCase("\n\na", "map:3: no regular expression after the operation")]
    [TestCase("r # a b", "map:1: no regular expression after the operation")]
    [TestCase("r a b c", "map:1: \"c\" after the rule: a space inside it is written \"\\ \"")]
    [TestCase("r (a b", "map:1: regular expression \"(a\": Invalid pattern '(?s)(a' at offset 6. Not enough )'s.")]
    [TestCase("r [a b", "map:1: regular expression \"[a\": \"[\" without its \"]\"")]
    public void Says_in_one_line_what_is_wrong_and_where(string text, string expected)
    {
        Assert.That(RuleFile.TryParse(text, "map", out var rules, out var error), Is.False);
        Assert.That((rules, error), Is.EqualTo(((RuleSet?)null, expected)));
    }

    [TestCase(RuleFile.MaxRules, true)]
    [TestCase(RuleFile.MaxRules + 1, false)]
    public void Takes_no_more_rules_than_its_limit(int count, bool isTaken) =>
        Assert.That(RuleFile.TryParse(string.Concat(Enumerable.Repeat("a x\n", count)), "map", out _, out _), Is.EqualTo(isTaken));

    [TestCase(RuleFile.MaxLineLength, true)]
    [TestCase(RuleFile.MaxLineLength + 1, false)]
    public void Takes_no_longer_lines_than_its_limit(int length, bool isTaken) =>
        Assert.That(RuleFile.TryParse("a ".PadRight(length, 'x'), "map", out _, out _), Is.EqualTo(isTaken));

    internal static RuleSet Parse(string text)
    {
        Assert.That(RuleFile.TryParse(text, "map", out var rules, out var error), error);
        return rules!;
    }
}
