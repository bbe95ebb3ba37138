using System.Text;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Templates;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Templates;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TemplateSetTests
{
    private static readonly TemplateRequest Request = new("192.0.2.7", "C0000207", "2070", "198.51.100.1", "x");

    private readonly FakeTree _tree = new();

    [Test]
    public void Finds_them_wherever_they_are()
    {
        Put("boot.ipxe.tmpl", "a/b/menu.cfg.tmpl", "a/plain.cfg", ".hidden/x.tmpl", ".tmpl");
        var set = Load();
        Assert.That(set.Count, Is.EqualTo(2));
        Assert.That(set.Open(Path("boot.ipxe"), Request)?.Content?.Length, Is.EqualTo(9));
        Assert.That(set.Open(Path("a/b/menu.cfg"), Request)?.Content, Is.Not.Null);
        Assert.That(set.Open(Path("a/plain.cfg"), Request), Is.Null);
        Assert.That(set.Open(Path("boot.ipxe.tmpl"), Request), Is.Null);
        Assert.That(_tree.OpenHandles, Is.Zero);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Case_counts_unless_it_is_to_be_ignored(bool ignoreCase)
    {
        Put("Boot.ipxe.tmpl");
        Assert.That(Load(ignoreCase).Open(Path("boot.IPXE"), Request) is not null, Is.EqualTo(ignoreCase));
    }

    [Test]
    public void Says_which_file_is_wrong_and_in_which_line()
    {
        _tree.Put("a/menu.cfg.tmpl", "one\n{{client.up}}\n"u8.ToArray());
        Assert.That(TemplateSet.TryLoad(_tree, TemplateFacts.None, ignoreCase: false, out _, out _, out var error), Is.False);
        Assert.That(error, Does.StartWith("a/menu.cfg.tmpl:2: unknown placeholder {{client.up}}: "));
        Assert.That(_tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void A_file_that_is_too_long_is_an_error()
    {
        _tree.Put("long.tmpl", new byte[Template.MaxLength + 1]);
        Assert.That(TemplateSet.TryLoad(_tree, TemplateFacts.None, ignoreCase: false, out _, out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo($"long.tmpl: more than {Template.MaxLength} bytes"));
    }

    [Test]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        _tree.Put("broken.tmpl", new byte[10]).IsBroken = true;
        Assert.That(TemplateSet.TryLoad(_tree, TemplateFacts.None, ignoreCase: false, out _, out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo("broken.tmpl: cannot be read"));
        Assert.That(_tree.OpenHandles, Is.Zero);
    }

    private void Put(params string[] names)
    {
        foreach (var name in names) _tree.Put(name, Encoding.UTF8.GetBytes("{{client.ip}}"));
    }

    private TemplateSet Load(bool ignoreCase = false)
    {
        Assert.That(TemplateSet.TryLoad(_tree, TemplateFacts.None, ignoreCase, out var set, out var notice, out var error), error);
        Assert.That(notice, Is.Null);
        return set!;
    }

    private static SafePath Path(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return path!;
    }
}
