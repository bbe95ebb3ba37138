using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class IgnoreCaseOpenerTests
{
    private readonly FakeTree _tree = new();
    private readonly List<string> _told = [];
    private readonly IgnoreCaseOpener _opener;

    public IgnoreCaseOpenerTests() => _opener = new IgnoreCaseOpener(_tree, (taken, other) => _told.Add($"{taken} {other}"));

    [TestCase("Boot/BCD", "boot/bcd")]
    [TestCase("BOOT/bcd", "boot/bcd")]
    [TestCase("boot/bcd", "boot/bcd")]
    [TestCase("boot/Fonts/X.TTF", "boot/fonts/x.ttf")]
    public void Finds_the_one_that_differs_in_case_only(string asked, string found)
    {
        Put("boot/bcd", "boot/fonts/x.ttf", "other");
        Assert.That(Open(asked), Is.EqualTo(found.Length));
        Assert.That(_told, Is.Empty);
    }

    [TestCase("a", "a")]
    [TestCase("A", "A")]
    [TestCase("Dir/B", "Dir/B")]
    public void The_exact_name_comes_first(string asked, string found)
    {
        Put("A", "a", "Dir/B", "dir/b");
        Assert.That(Open(asked), Is.EqualTo(found.Length));
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void Of_two_that_differ_in_case_only_the_first_is_taken_and_told_once()
    {
        _tree.Put("dir/File.img", new byte[1]);
        _tree.Put("dir/fILE.img", new byte[2]);
        Assert.That((Open("dir/file.img"), Open("DIR/FILE.IMG")), Is.EqualTo((1, 1)));
        Assert.That(_told, Is.EqualTo(new[] { "dir/File.img dir/fILE.img" }));
    }

    [TestCase("boot")]
    [TestCase("boot/nothing")]
    [TestCase("boot/bcd/more")]
    [TestCase("nothing/bcd")]
    public void Finds_nothing_else(string asked)
    {
        Put("Boot/Bcd");
        Assert.That(_opener.Open(Path(asked), mayBlock: true).Refusal?.Reason, Is.EqualTo(RefusalReason.NotFound));
    }

    [Test]
    public void A_folder_is_listed_again_only_when_it_has_changed()
    {
        Put("boot/bcd");
        for (var round = 0; round < 3; round++) Open("BOOT/BCD");
        Assert.That(_tree.Listings, Is.EqualTo(2));
        Put("boot/new");
        Assert.That(Open("BOOT/NEW"), Is.EqualTo("boot/new".Length));
        Assert.That(_tree.Listings, Is.EqualTo(4));
    }

    [Test]
    public void Leaves_what_may_not_block_to_those_who_may_wait()
    {
        Put("a");
        Assert.That(_opener.Open(Path("A"), mayBlock: false), Is.EqualTo(FileOpening.WouldBlock));
        using var exact = _opener.Open(Path("a"), mayBlock: false).File;
        Assert.That(exact, Is.Not.Null);
    }

    // Each is as long as its name.
    private void Put(params string[] names)
    {
        foreach (var name in names) _tree.Put(name, new byte[name.Length]);
    }

    private long Open(string name)
    {
        using var file = _opener.Open(Path(name), mayBlock: true).File;
        Assert.That(file, Is.Not.Null, name);
        return file!.Identity.Length;
    }

    private static SafePath Path(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return path!;
    }
}
