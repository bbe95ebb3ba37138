using FlyTftp.Reactive.Content.Rules;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Rules;

public sealed class RuleSetTests
{
    private static readonly RuleClient Four = new("192.0.2.169", "C00002A9", true), Six = new("2001:db8::1", "20010DB8000000000000000000000001", false);

    [TestCase("r a b", "banana", "bbnana", Description = "the first match")]
    [TestCase("rg a b", "banana", "bbnbnb", Description = "until it no longer matches")]
    [TestCase("r ^x y", "banana", "banana")]
    [TestCase("r BAN x", "banana", "banana")]
    [TestCase("ri BAN x", "banana", "xana")]
    [TestCase("r a", "banana", "bnana", Description = "no replacement is an empty one")]
    [TestCase("r a b\nr b c", "a", "c", Description = "rules go on after a match")]
    [TestCase("re a b\nr b c", "a", "b", Description = "e ends them")]
    [TestCase("re x b\nr a c", "a", "c", Description = "e ends them where it matches")]
    [TestCase("e ^keep\nr ^ x/", "keep/a", "keep/a")]
    [TestCase("~e ^keep\nr ^keep kept", "other/a", "other/a", Description = "where it does not match")]
    [TestCase("~e ^keep\nr ^keep kept", "keep/a", "kept/a")]
    [TestCase("r b c\nrs a b", "a", "c", Description = "s starts over")]
    [TestCase("G4r a b", "a", "b")]
    [TestCase("P6a a", "a", "a")]
    [TestCase("rP a b", "a", "a", Description = "for writes only")]
    [TestCase("rG a b", "a", "b", Description = "for reads only")]
    [TestCase("g a", "a", "a", Description = "g goes with r only")]
    [TestCase(@"r ^[^/] /tftpboot/\0", "x.efi", "/tftpboot/x.efi")]
    [TestCase(@"r ^(.*)-(.*)$ \2-\1\3", "a-b", "b-a")]
    [TestCase(@"r ^ \i/", "x", "192.0.2.169/x")]
    [TestCase(@"r ^ \x/", "x", "C00002A9/x")]
    [TestCase(@"r ^.*$ \U\0", "boot/x.efi", "BOOT/X.EFI")]
    [TestCase(@"r ^(.*)/(.*)$ \L\1\E/\2", "BOOT/X.EFI", "boot/X.EFI")]
    [TestCase(@"r ^(.*)$ \Lab\1\Ucd", "X", "abxCD")]
    [TestCase(@"r \  \_", "a b", "a_b")]
    [TestCase(@"r x a\ b\#c\\d", "x", @"a b#c\d")]
    [TestCase(@"rg \\ /", @"\Boot\BCD", "/Boot/BCD", Description = "backslashes are slashes already")]
    [TestCase("r ^/Boot/ boot/", @"\Boot\BCD", "boot/BCD")]
    [TestCase(@"r x a\", "x", @"a\")]
    public void Makes_of_a_name_what_tftpd_makes_of_it(string rules, string name, string result) =>
        Assert.That(RuleFileTests.Parse(rules).Apply(name, Four), Is.EqualTo(new RuleResult(result, null)));

    [TestCase(@"r ^ \i/", "2001:db8::1/x")]
    [TestCase(@"r ^ \x/", "20010DB8000000000000000000000001/x")]
    [TestCase("r4 x y", "x")]
    [TestCase("r6 x y", "y")]
    public void Knows_clients_of_the_other_family(string rules, string result) =>
        Assert.That(RuleFileTests.Parse(rules).Apply("x", Six).Name, Is.EqualTo(result));

    [TestCase("r x y\na ^secret", "secret/x", "rule in line 2: refuses it")]
    [TestCase(@"a~ \.efi$", "x.key", "rule in line 1: refuses it")]
    [TestCase("rg a a", "a", "rule in line 1: the rules did not come to an end within 1024 steps")]
    [TestCase("r x y\nrs a a", "a", "rule in line 1: the rules did not come to an end within 1024 steps")]
    [TestCase("rg a aaaaaaaa", "a", "rule in line 1: makes it too long")]
    public void Refuses_by_a_rule_or_what_would_never_end(string rules, string name, string refusal) =>
        Assert.That(RuleFileTests.Parse(rules).Apply(name, Four), Is.EqualTo(new RuleResult(null, refusal)));

    [Test]
    public void Tells_each_step()
    {
        var steps = new List<RuleStep>();
        RuleFileTests.Parse("r ^/\n\nri ^Boot boot # lower\na key$\n").Apply(@"\BOOT\BCD", Four, steps.Add);
        Assert.That(steps, Is.EqualTo(new[]
        {
            new RuleStep(1, "r ^/", true, "BOOT/BCD", null),
            new RuleStep(3, "ri ^Boot boot", true, "boot/BCD", null),
            new RuleStep(4, "a key$", false, null, null),
        }));
    }

    [Test]
    public void Without_rules_a_name_stays_as_it_was_written() => Assert.That(RuleSet.None.Apply(@"\Boot\BCD", Four).Name, Is.EqualTo(@"\Boot\BCD"));
}
