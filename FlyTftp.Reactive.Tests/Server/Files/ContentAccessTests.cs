using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Tests.Content;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Files;

public sealed class ContentAccessTests
{
    [Test]
    public void Opens_a_file_beneath_the_root()
    {
        using var tree = new TestTree();
        tree.Write("dir/a", "inside");
        Assert.That(ContentAccess.TryOpenRoot(tree.Root, tree.Names, out var opener, out _, out var error), error);
        using (opener)
        {
            Assert.That(SafePath.TryParse("dir/a", flat: false, out var path));
            using var file = opener!.Open(path!, mayBlock: true).File;
            Assert.That(file?.Identity.Length, Is.EqualTo(6));
        }
    }

    [Test]
    public void A_root_is_known_by_the_path_that_was_written_and_by_the_one_it_leads_to()
    {
        using var tree = new TestTree();
        tree.Write("real/deep/a", "inside");
        tree.Link("link", "real");
        tree.Link("served", tree.PathOf("link/deep"));

        var names = ContentAccess.NamesOf(tree.PathOf("served"));
        Assert.That(names.Beneath(tree.PathOf("served/a")), Is.EqualTo("a"));
        Assert.That(names.Beneath(Path.GetFullPath(Path.Join(tree.PathOf("real"), "deep", "a"))), Is.EqualTo("a"));
        Assert.That(names.Beneath(tree.PathOf("served-secret/a")), Is.Null);
        Assert.That(names.Beneath("a"), Is.Null);
    }

    [TestCase("nothing", "does not exist")]
    [TestCase("file", "is a file")]
    public void Says_in_one_line_why_there_is_no_root(string name, string reason)
    {
        using var tree = new TestTree();
        tree.Write("file", "");
        Assert.That(ContentAccess.TryOpenRoot(tree.PathOf(name), RootPath.Unknown, out _, out _, out var error), Is.False);
        Assert.That(error, Does.StartWith($"root \"{tree.PathOf(name)}\" ").And.Contain(reason).And.Not.Contain("\n"));
    }
}
