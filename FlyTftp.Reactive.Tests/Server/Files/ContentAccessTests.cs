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
        Assert.That(ContentAccess.TryOpenRoot(tree.Root, out var opener, out _, out var error), error);
        using (opener)
        {
            Assert.That(SafePath.TryParse("dir/a", flat: false, out var path));
            using var file = opener!.Open(path!, mayBlock: true).File;
            Assert.That(file?.Identity.Length, Is.EqualTo(6));
        }
    }

    [TestCase("nothing", "does not exist")]
    [TestCase("file", "is a file")]
    public void Says_in_one_line_why_there_is_no_root(string name, string reason)
    {
        using var tree = new TestTree();
        tree.Write("file", "");
        Assert.That(ContentAccess.TryOpenRoot(tree.PathOf(name), out _, out _, out var error), Is.False);
        Assert.That(error, Does.StartWith($"root \"{tree.PathOf(name)}\" ").And.Contain(reason).And.Not.Contain("\n"));
    }
}
