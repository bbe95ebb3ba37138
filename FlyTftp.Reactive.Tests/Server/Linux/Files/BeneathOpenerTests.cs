using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux.Files;
using FlyTftp.Reactive.Tests.Content;
using FlyTftp.Reactive.Tests.Server.Linux.Confinement;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Files;

/// <summary>What only the kernel's way can do; what all openers promise is in <see cref="ConfinementTests"/>.</summary>
[Platform("Linux")]
public sealed class BeneathOpenerTests
{
    private TestTree _tree = null!;
    private BeneathOpener _opener = null!;

    [SetUp]
    public void Plant()
    {
        _tree = new TestTree();
        if (BeneathOpener.TryCreate(_tree.Root, _tree.Names, out var opener, out var lack)) _opener = opener;
        else Assert.Ignore($"This kernel has no openat2: {lack}");
    }

    [TearDown]
    public void Fell()
    {
        _opener?.Dispose();
        _tree.Dispose();
    }

    [Test]
    public void Opens_and_reads_without_blocking_what_the_kernel_has_in_memory()
    {
        _tree.Write("hot", "inside");
        _ = File.ReadAllText(_tree.PathOf("hot"));

        var opening = Open("hot", mayBlock: false);
        if (!opening.IsOpenOrRefused) Assert.Ignore("No RESOLVE_CACHED before Linux 5.12.");
        using var file = opening.File!;
        var bytes = new byte[16];
        var read = file.Read(0, bytes, mayBlock: false);
        if (read == FileRead.WouldBlock) Assert.Ignore("This file system does not know RWF_NOWAIT.");
        Assert.That(read, Is.EqualTo(new FileRead(6)));
        Assert.That(bytes.AsSpan(0, 6).SequenceEqual("inside"u8));
        Assert.That(file.IdentifyAgain(mayBlock: false), Is.EqualTo(file.Identity));
    }

    [Test]
    public void Leaves_the_end_of_a_file_to_those_who_may_wait()
    {
        _tree.Write("short", "inside");
        using var file = Open("short", mayBlock: true).File!;
        Assert.That(file.Read(6, new byte[1], mayBlock: false), Is.EqualTo(FileRead.WouldBlock));
        Assert.That(file.Read(6, new byte[1], mayBlock: true), Is.EqualTo(new FileRead(0)));
    }

    [Test]
    public void Serves_the_directory_it_was_given_though_another_takes_its_name()
    {
        _tree.Write("a", "inside");
        Directory.Move(_tree.Root, _tree.Root + "-moved");
        _tree.Write("b", "another");
        using var file = Open("a", mayBlock: true).File;
        Assert.That(file, Is.Not.Null);
        Assert.That(Open("b", mayBlock: true).Refusal, Is.EqualTo(Refusal.NotFound));
    }

    [TestCase(2, RefusalReason.NotFound)]
    [TestCase(6, RefusalReason.Unreadable, Description = "a socket")]
    [TestCase(20, RefusalReason.NotFound)]
    [TestCase(36, RefusalReason.NotFound)]
    [TestCase(40, RefusalReason.Unreadable, Description = "links in a circle")]
    [TestCase(18, RefusalReason.UnsafePath)]
    [TestCase(1, RefusalReason.Unreadable)]
    [TestCase(5, RefusalReason.Unreadable)]
    [TestCase(13, RefusalReason.Unreadable)]
    [TestCase(24, RefusalReason.Unreadable)]
    public void Sorts_the_kernels_errors(int error, RefusalReason reason) =>
        Assert.That(BeneathOpener.RefusalOf(error).Reason, Is.EqualTo(reason));

    [TestCase(24, true, Description = "too many files are open")]
    [TestCase(23, true, Description = "in the whole system")]
    [TestCase(12, true, Description = "no memory")]
    [TestCase(11, true, Description = "something was renamed all the time")]
    [TestCase(13, false)]
    [TestCase(5, false)]
    [TestCase(2, false)]
    public void What_is_over_soon_is_not_told_to_a_client_that_would_give_up(int error, bool isTemporary) =>
        Assert.That(BeneathOpener.RefusalOf(error).IsTemporary, Is.EqualTo(isTemporary));

    [Test]
    public void Says_what_cannot_be_read_to_the_log_alone()
    {
        var refusal = BeneathOpener.RefusalOf(13);
        Assert.That((refusal.Code, refusal.Message, refusal.ForTheLog), Is.EqualTo((ErrorCode.AccessViolation, "file cannot be read", "file cannot be read: permission denied")));
        Assert.That(BeneathOpener.RefusalOf(5).Detail, Is.EqualTo("Input/output error (5)"));
    }

    private FileOpening Open(string name, bool mayBlock)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return _opener.Open(path!, mayBlock);
    }
}
