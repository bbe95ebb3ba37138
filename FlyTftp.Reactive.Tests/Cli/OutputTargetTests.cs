using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Server.Files;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

[Platform("Linux")]
internal sealed class OutputTargetTests
{
    private string _folder = "";

    private string File => Path.Combine(_folder, "boot.wim");

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("flytftp-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_device_is_written_to_and_stays_a_device()
    {
        var device = SpecialFiles.NullDevice(Path.Combine(_folder, "null"));
        using (var output = await OpenAsync(device))
        {
            output.Stream.Write("bytes"u8);
            output.Commit();
        }

        Assert.That(PathStatus.Of(device, followsLinks: false).Kind, Is.EqualTo(PathKind.Special));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { device }));
    }

    [Test]
    public async Task A_FIFO_brings_the_bytes_to_its_reader_before_the_end()
    {
        var fifo = SpecialFiles.Fifo(Path.Combine(_folder, "fifo"));
        var opening = OpenAsync(fifo);
        await using var reader = await Task.Run(() => System.IO.File.OpenRead(fifo));
        using var output = await opening;
        output.Stream.Write("bytes"u8);
        var buffer = new byte[5];
        await reader.ReadExactlyAsync(buffer);
        Assert.That(buffer, Is.EqualTo("bytes"u8.ToArray()));
        output.Commit();
        Assert.That(PathStatus.Of(fifo, followsLinks: false).Kind, Is.EqualTo(PathKind.Special));
    }

    [Test]
    public void Waiting_for_a_reader_can_be_interrupted()
    {
        var fifo = SpecialFiles.Fifo(Path.Combine(_folder, "fifo"));
        using var interrupt = new CancellationTokenSource();
        var opening = OutputTarget.OpenAsync(fifo, fifo, () => Stream.Null, interrupt.Token);
        interrupt.Cancel();
        Assert.That(async () => await opening, Throws.InstanceOf<OperationCanceledException>());
        // Lets the thread go that still waits.
        using var reader = new FileStream(fifo, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    }

    [TestCase("-")]
    [TestCase("/dev/stdout")]
    [TestCase("/dev/fd/1")]
    public async Task A_dash_is_standard_output_and_so_are_its_links(string name)
    {
        var bytes = new MemoryStream();
        using var output = await OutputTarget.OpenAsync(name, name, () => bytes, CancellationToken.None);
        Assert.That(output.Stream, Is.SameAs(bytes));
    }

    [Test]
    public void A_directory_is_refused([Values("", "/", "/new/")] string end) =>
        Assert.That(Obstacle(_folder + end), Is.EqualTo("is a directory: name a file in it"));

    [TestCase("there")]
    [TestCase("nowhere")]
    public void A_link_is_refused_whatever_it_leads_to(string end)
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "there"), "kept");
        System.IO.File.CreateSymbolicLink(File, Path.Combine(_folder, end));
        Assert.That(Obstacle(File), Is.EqualTo("is a link: it would be replaced, not what it leads to; name that"));
    }

    [Test]
    public void A_link_to_a_FIFO_is_written_to_as_the_shell_makes_them()
    {
        System.IO.File.CreateSymbolicLink(File, SpecialFiles.Fifo(Path.Combine(_folder, "fifo")));
        Assert.That((OutputTarget.TryExamine(File, out var target, out _), target?.Kind), Is.EqualTo((true, (PathKind?)PathKind.Special)));
    }

    [Test]
    public void What_is_missing_or_may_be_replaced_is_neither_made_nor_touched_by_looking()
    {
        Assert.That(Obstacle(File), Is.Null);
        Assert.That(System.IO.File.Exists(File), Is.False);
        System.IO.File.WriteAllText(File, "old");
        Assert.That(Obstacle(File), Is.Null);
        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo("old"));
    }

    [Test]
    public void A_missing_folder_is_told_without_a_path_that_nobody_has_written() => Assert.That(
        async () => await OpenAsync(Path.Combine(_folder, "missing", "x")),
        Throws.InstanceOf<IOException>().With.Message.EndsWith("missing/x: the directory it would be in does not exist"));

    [Test]
    public void Two_names_of_one_file_are_the_same()
    {
        System.IO.File.WriteAllText(File, "");
        System.IO.File.CreateSymbolicLink(Path.Combine(_folder, "link"), File);
        Assert.That(OutputTarget.IsSameFile(Path.Combine(_folder, "link"), Path.Combine(_folder, ".", "boot.wim")), Is.True);
        Assert.That(OutputTarget.IsSameFile(Path.Combine(_folder, "none"), Path.Combine(_folder, "none")), Is.False);
    }

    private static Task<OutputFile> OpenAsync(string path) => OutputTarget.OpenAsync(path, path, () => Stream.Null, CancellationToken.None);

    private static string? Obstacle(string path)
    {
        Assert.That(OutputTarget.TryExamine(path, out _, out var obstacle), Is.EqualTo(obstacle is null));
        return obstacle;
    }
}
