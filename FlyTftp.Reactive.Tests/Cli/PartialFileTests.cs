using FlyTftp.Reactive.Cli;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class PartialFileTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("flytftp-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Shows_a_file_under_its_name_only_once_it_is_whole()
    {
        var path = Path.Combine(_folder, "boot.wim");
        using (var file = new PartialFile(path))
        {
            file.Stream.Write("whole"u8);
            Assert.That(File.Exists(path), Is.False);
            file.Commit();
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo("whole"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Leaves_nothing_behind_and_the_old_file_as_it_was()
    {
        var path = Path.Combine(_folder, "boot.wim");
        File.WriteAllText(path, "old");
        using (var file = new PartialFile(path)) file.Stream.Write("half"u8);
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Replaces_the_old_file()
    {
        var path = Path.Combine(_folder, "boot.wim");
        File.WriteAllText(path, "old and longer");
        using (var file = new PartialFile(path))
        {
            file.Stream.Write("new"u8);
            file.Commit();
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
    }
}
