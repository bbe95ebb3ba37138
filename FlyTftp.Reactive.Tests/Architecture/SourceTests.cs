using System.Text.RegularExpressions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Architecture;

public sealed partial class SourceTests
{
    /// <summary>A file holds one idea. Over 200 lines is a question to ask oneself, over 300 has an answer.</summary>
    private const int Questionable = 200, TooLong = 300;

    /// <summary>Files in one folder, those in folders of their own not counted.</summary>
    private const int FolderMax = 22;

    private static readonly IReadOnlyList<string> Program = [.. Repository.Sources("FlyTftp.Reactive")];

    private static readonly IReadOnlyList<string> All = [.. Program, .. Repository.Sources("FlyTftp.Reactive.Tests")];

    [Test]
    public void A_namespace_is_its_folder() => Assert.That(
        Program.Where(file => NamespaceOf(File.ReadAllText(file)) is { } name && name != FolderOf(file)).Select(Repository.Relative), Is.Empty);

    [Test]
    public void Every_folder_is_a_room() => Assert.That(
        Program.Select(Path.GetDirectoryName).Distinct().Select(folder => Path.GetRelativePath(Repository.Root, folder!).Replace('\\', '/')),
        Is.EquivalentTo(House.Rooms.Select(room => $"FlyTftp.Reactive/{room.Name.Replace('.', '/')}")));

    [Test]
    public void No_folder_is_too_full() => Assert.That(
        All.GroupBy(file => Path.GetDirectoryName(Repository.Relative(file))).Where(folder => folder.Count() > FolderMax).Select(folder => folder.Key), Is.Empty);

    [Test]
    public void Only_the_entry_point_has_no_namespace() => Assert.That(
        Program.Where(file => NamespaceOf(File.ReadAllText(file)) is null).Select(Repository.Relative),
        Is.SubsetOf((string[])["FlyTftp.Reactive/Cli/Program.cs"]));

    [Test]
    public void No_file_is_too_long()
    {
        var lengths = All.Select(file => (File: Repository.Relative(file), Lines: File.ReadLines(file).Count())).ToList();
        foreach (var (file, lines) in lengths.Where(length => length.Lines > Questionable))
            TestContext.Out.WriteLine($"{file}: {lines} lines; does it hold one idea?");
        Assert.That(lengths.Where(length => length.Lines > TooLong), Is.Empty);
    }

    [Test]
    public void No_ban_is_suppressed() => Assert.That(
        Program.Where(file => File.ReadAllText(file).Contains("RS0030", StringComparison.Ordinal)).Select(Repository.Relative), Is.Empty);

    private static string FolderOf(string file) => Path.GetDirectoryName(Repository.Relative(file))!.Replace('\\', '/').Replace('/', '.');

    private static string? NamespaceOf(string source) =>
        Declaration().Match(source) is { Success: true } found ? found.Groups["name"].Value : null;

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
