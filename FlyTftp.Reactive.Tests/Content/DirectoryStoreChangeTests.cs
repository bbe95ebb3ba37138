using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Cache;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Server.Linux.Files;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>What a transfer sees of a file that changes while it is sent.</summary>
public sealed class DirectoryStoreChangeTests : DirectoryStoreFixture
{
    [Test]
    public void A_small_file_is_closed_as_soon_as_it_is_open()
    {
        Put("small", DirectoryStore.SmallFileMax);
        using var content = Opened(Open("small"));
        Assert.That(Tree.OpenHandles, Is.Zero);
    }

    [Test]
    public void A_small_file_is_sent_as_it_was_opened_whatever_happens_to_it()
    {
        var file = Put("small", 3 * Chunk);
        var before = file.Bytes;
        using var content = Opened(Open("small"));
        (file.Bytes, file.Modified) = ([], 1);
        Assert.That(ReadAll(content, 512).AsSpan().SequenceEqual(before));
    }

    [TestCase(true, Description = "renamed over")]
    [TestCase(false, Description = "written to")]
    public void A_changed_file_is_read_again(bool isReplaced)
    {
        var file = Put("changing", 10);
        Opened(Open("changing")).Dispose();
        byte[] after = [.. Enumerable.Repeat((byte)'x', 10)];
        if (isReplaced) Tree.Put("changing", after);
        else (file.Bytes, file.Modified) = (after, 1);

        using var content = Opened(Open("changing"));
        Assert.That(ReadAll(content, 512), Is.EqualTo(after));
    }

    [Test]
    public void A_large_file_that_is_replaced_is_sent_to_its_end()
    {
        var file = Put("large", Large);
        using var content = Opened(Open("large"));
        var head = Read(content, 0, 1000);
        Tree.Put("large", new byte[Large]);
        Assert.That(head, Is.EqualTo(file.Bytes[..1000]));
        Assert.That(Read(content, Large - 1000, 1000), Is.EqualTo(file.Bytes[^1000..]));
    }

    [TestCase(0, "file was truncated while it was sent")]
    [TestCase(2 * Chunk, "file was truncated while it was sent")]
    [TestCase(Large, "file was changed while it was sent")]
    [TestCase(Large + 1, "file was changed while it was sent")]
    public void A_large_file_that_is_written_to_fails_instead_of_sending_wrong_bytes(int length, string failure)
    {
        foreach (var isCold in (bool[])[false, true])
        {
            Tree.IsCold = isCold;
            Cache = new ContentCache();
            var file = Put("large", Large);
            using var content = Opened(Open("large"));
            Read(content, 0, 1000);
            (file.Bytes, file.Modified) = (new byte[length], 1);
            Assert.That(Load(content, 4 * Chunk, Chunk).Failure, Is.EqualTo(failure));
        }
    }

    [Test]
    public void A_file_that_changes_between_the_read_and_the_look_is_not_sent()
    {
        Tree.IsCold = true;
        var file = Put("large", Large);
        using var content = Opened(Open("large"));
        var load = content.LoadAsync(0, 512);
        // The worker reads the old bytes only after the file has become another: same length, later time.
        file.Modified = 1;
        Hand.Settle();
        Assert.That(load.Result.Failure, Is.EqualTo("file was changed while it was sent"));
    }

    [Test]
    public void A_real_file_cut_short_while_it_is_sent_fails([Values] bool inTheKernel)
    {
        using var tree = new TestTree();
        var bytes = TestStore.Pattern(Large);
        tree.Write("large", bytes);
        using var opener = RealOpener(tree, inTheKernel);
        using var content = Opened(Store(opener).OpenAsync(Path("large")));
        Assert.That(Read(content, 0, 1000), Is.EqualTo(bytes[..1000]));

        using (var file = File.Open(tree.PathOf("large"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(3 * Chunk);
        Assert.That(Load(content, 4 * Chunk, 512).Failure, Is.EqualTo("file was truncated while it was sent"));
    }

    [Test]
    public void A_real_file_renamed_over_while_it_is_sent_is_sent_to_its_end([Values] bool inTheKernel)
    {
        using var tree = new TestTree();
        var bytes = TestStore.Pattern(Large);
        tree.Write("large", bytes);
        using var opener = RealOpener(tree, inTheKernel);
        var store = Store(opener);
        using var content = Opened(store.OpenAsync(Path("large")));
        Assert.That(Read(content, 0, 1000), Is.EqualTo(bytes[..1000]));

        tree.Write("next", new byte[Large]);
        File.Move(tree.PathOf("next"), tree.PathOf("large"), overwrite: true);
        using var next = Opened(store.OpenAsync(Path("large")));
        Assert.That(ReadAll(content, 100_000).AsSpan().SequenceEqual(bytes));
        Assert.That(ReadAll(next, 100_000).AsSpan().IndexOfAnyExcept((byte)0), Is.Negative);
    }

    private static IFileOpener RealOpener(TestTree tree, bool inTheKernel)
    {
        if (!inTheKernel) return new PortableOpener(tree.Root, NativeFiles.IsSupported ? NativeFiles.InodeOf : null);
        if (!NativeFiles.IsSupported || !BeneathOpener.TryCreate(tree.Root, tree.Names, out var opener, out _)) Assert.Ignore("No openat2 here.");
        else return opener;
        return null!;
    }
}
