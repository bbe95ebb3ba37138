using System.Text;
using CsCheck;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Server.Linux.Files;
using FlyTftp.Reactive.Tests.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>What both openers promise, over a tree that has every trap in it.</summary>
[TestFixture(true), TestFixture(false)]
[Platform("Linux")]
public sealed class RootConfinementTests(bool inTheKernel)
{
    private TestTree _tree = null!;
    private IFileOpener _opener = null!;

    [OneTimeSetUp]
    public void Plant()
    {
        _tree = TestTree.Nasty();
        if (!inTheKernel) _opener = new PortableOpener(_tree.Root, NativeFiles.InodeOf, _tree.Names);
        else if (BeneathOpener.TryCreate(_tree.Root, _tree.Names, out var opener, out var lack)) _opener = opener;
        else Assert.Ignore($"This kernel has no openat2: {lack}");
    }

    [OneTimeTearDown]
    public void Fell()
    {
        _opener?.Dispose();
        _tree.Dispose();
    }

    [TestCase("a")]
    [TestCase("dir/sub/ü.efi")]
    [TestCase("to-inside")]
    [TestCase("dir/up")]
    [TestCase("dir/sub/around")]
    [TestCase("to-dir/sub/c")]
    [TestCase("self/self/a")]
    [TestCase("absolute-inside")]
    [TestCase("absolute-dir/sub/c")]
    [TestCase("dir/absolute-up")]
    [TestCase("absolute-through")]
    [TestCase("by-real-name")]
    [TestCase("dir/./sub/c")]
    [TestCase("odd:name.")]
    [TestCase("aux.cfg")]
    [TestCase("trailing ")]
    public void Opens_what_is_beneath_the_root(string name)
    {
        using var file = Open(name).File;
        Assert.That(file, Is.Not.Null);
        Assert.That(TextOf(file!), Is.EqualTo("inside"));
    }

    [Test]
    public void Notices_that_its_root_was_deleted_even_if_another_has_its_name()
    {
        Assert.That(_opener.IsRootThere);
        var root = Directory.CreateTempSubdirectory("flytftp-root-").FullName;
        using IFileOpener opener = inTheKernel ? Kernel() : new PortableOpener(root, NativeFiles.InodeOf);
        Assert.That(opener.IsRootThere, "an empty one is one");
        Directory.Delete(root);
        Assert.That(opener.IsRootThere, Is.False);
        if (!inTheKernel) return;

        Directory.CreateDirectory(root);
        Assert.That(opener.IsRootThere, Is.False);
        Directory.Delete(root);

        BeneathOpener Kernel() => BeneathOpener.TryCreate(root, RootPath.Unknown, out var opener, out _) ? opener : throw new InvalidOperationException();
    }

    [TestCase("caf\\xE9.img")]
    [TestCase("rom.efi\\xFF")]
    public void A_name_that_is_no_UTF8_is_found_where_the_kernel_is_asked_and_not_by_the_framework(string name)
    {
        var opening = Open(name.Odd());
        using var file = opening.File;
        Assert.That((file is not null, opening.Refusal), Is.EqualTo(inTheKernel ? (true, null) : (false, Refusal.NotFound)));
    }

    [TestCase("to-outside")]
    [TestCase("to-sibling/secret")]
    [TestCase("dir/out")]
    [TestCase("out-and-in")]
    [TestCase("absolute")]
    [TestCase("absolute-sibling")]
    [TestCase("absolute-out-and-in")]
    [TestCase("absolute-dir/out")]
    [TestCase("absolute-root/etc/passwd")]
    [TestCase("null")]
    [TestCase("process/etc/passwd")]
    [TestCase("parent/secret")]
    public void Refuses_a_link_that_leaves_the_root(string name) =>
        Assert.That(Open(name).Refusal, Is.EqualTo(Refusal.LinkLeavesRoot));

    [TestCase("nothing")]
    [TestCase("a/b")]
    [TestCase("dangling")]
    [TestCase("absolute-dangling")]
    [TestCase("caf\u00E9.img")]
    public void Finds_no_file_where_there_is_none(string name) =>
        Assert.That(Open(name).Refusal?.Reason, Is.EqualTo(RefusalReason.NotFound));

    [TestCase("dir", "a folder")]
    [TestCase("self", "a folder")]
    [TestCase("to-dir", "a folder")]
    [TestCase("fifo", "a device, a FIFO or a socket")]
    [TestCase("to-fifo", "a device, a FIFO or a socket")]
    [TestCase("socket", "a device, a FIFO or a socket")]
    [TestCase("loop", "too many links")]
    [TestCase("ping", "too many links")]
    [TestCase("absolute-loop", "too many links")]
    public void Says_what_cannot_be_sent(string name, string detail) =>
        Assert.That(Open(name).Refusal, Is.EqualTo(Refusal.Unreadable with { Detail = detail }));

    [Test]
    public void Lists_a_folder_in_order()
    {
        Assert.That(Listed("dir/sub")?.Select(entry => entry.Name), Is.EqualTo(new[] { "around", "c", "ü.efi" }));
        Assert.That(Listed("absolute-dir")?.Select(entry => entry.Name), Does.Contain("sub"));
        Assert.That(_opener.List(null)!.Entries, Does.Contain(new DirectoryEntry("dir", true)).And.Contain(new DirectoryEntry("a", false)));
    }

    [TestCase("a")]
    [TestCase("nothing")]
    [TestCase("fifo")]
    [TestCase("to-sibling")]
    [TestCase("parent")]
    [TestCase("absolute-root")]
    [TestCase("absolute-root/etc")]
    public void Lists_nothing_that_is_no_folder_beneath_the_root(string name) => Assert.That(Listed(name), Is.Null);

    [Test]
    public void Tells_when_an_entry_came()
    {
        _tree.Write("changing/a", "inside");
        Directory.SetLastWriteTimeUtc(_tree.PathOf("changing"), DateTime.UnixEpoch);
        var before = _opener.Identify(PathOf("changing"));
        Assert.That(_opener.Identify(PathOf("changing")), Is.EqualTo(before).And.Not.Null);
        _tree.Write("changing/b", "inside");
        Assert.That(_opener.Identify(PathOf("changing")), Is.Not.EqualTo(before));
    }

    [Test]
    public void Finds_no_file_under_a_name_too_long_for_the_file_system() =>
        Assert.That(Open(new string('a', 300)).Refusal?.Reason, Is.EqualTo(RefusalReason.NotFound));

    [Test]
    public void Opens_an_empty_file()
    {
        _tree.Write("empty", "");
        using var file = Open("empty").File;
        Assert.That(file?.Identity.Length, Is.Zero);
    }

    [Test]
    public void Opens_a_file_of_more_than_two_gibibytes()
    {
        const long length = (2L << 30) + 5;
        using (var sparse = File.OpenWrite(_tree.PathOf("huge"))) sparse.SetLength(length);

        using var file = Open("huge").File;
        Assert.That(file?.Identity.Length, Is.EqualTo(length));
        Assert.That(file!.Read(length - 3, new byte[8], mayBlock: true), Is.EqualTo(new FileRead(3)));
    }

    [Test]
    public void Tells_a_file_from_the_one_that_takes_its_name()
    {
        _tree.Write("old", "one");
        File.SetLastWriteTimeUtc(_tree.PathOf("old"), DateTime.UnixEpoch);
        using var old = Open("old").File!;

        _tree.Write("new", "two");
        File.SetLastWriteTimeUtc(_tree.PathOf("new"), DateTime.UnixEpoch);
        File.Move(_tree.PathOf("new"), _tree.PathOf("old"), overwrite: true);
        using var now = Open("old").File!;

        Assert.That(now.Identity, Is.Not.EqualTo(old.Identity));
        Assert.That(old.IdentifyAgain(mayBlock: true), Is.EqualTo(old.Identity));
        Assert.That((TextOf(old), TextOf(now)), Is.EqualTo(("one", "two")));
    }

    [Test]
    public void Sees_that_a_file_was_written_to()
    {
        _tree.Write("written", "one");
        File.SetLastWriteTimeUtc(_tree.PathOf("written"), DateTime.UnixEpoch);
        using var file = Open("written").File!;
        Assert.That(file.IdentifyAgain(mayBlock: true), Is.EqualTo(file.Identity));

        _tree.Write("written", "two");
        Assert.That(file.IdentifyAgain(mayBlock: true), Is.Not.EqualTo(file.Identity));
    }

    [Test]
    public void No_accepted_name_ever_leaves_the_root()
    {
        var (accepted, opened) = (0, 0);
        Gen.Frequency((5, NastyNames.Any), (1, NastyNames.Any.Select(name => $"{_tree.Root}/{name}"))).Sample(
            name =>
            {
                if (!SafePath.TryParse(_tree.Names.Beneath(name) ?? name, flat: false, out var path)) return;
                Interlocked.Increment(ref accepted);
                var opening = _opener.Open(path, mayBlock: true);
                Assert.That(opening.Refusal?.Reason, Is.Null.Or.EqualTo(RefusalReason.NotFound).Or.EqualTo(RefusalReason.UnsafePath).Or.EqualTo(RefusalReason.Unreadable));
                if (opening.File is not { } file) return;
                Interlocked.Increment(ref opened);
                using (file) Assert.That(TextOf(file), Is.EqualTo("inside"), name);
            },
            iter: 100_000);

        // Else the names were so nasty that nothing was tried.
        Assert.That(accepted, Is.GreaterThan(10_000));
        Assert.That(opened, Is.GreaterThan(1_000));
    }

    private static string TextOf(IOpenFile file)
    {
        var bytes = new byte[64];
        return Encoding.UTF8.GetString(bytes, 0, file.Read(0, bytes, mayBlock: true).Count);
    }

    private IEnumerable<DirectoryEntry>? Listed(string folder) => _opener.List(PathOf(folder))?.Entries;

    private FileOpening Open(string name) => _opener.Open(PathOf(name), mayBlock: true);

    private static SafePath PathOf(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path), name);
        return path!;
    }
}
