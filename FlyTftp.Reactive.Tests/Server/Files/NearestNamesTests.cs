using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Files;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NearestNamesTests : IDisposable
{
    private readonly string _root = ServedFolder.Create("flytftp-nearest-");
    private readonly ManualTime _time = new();
    private readonly IFileOpener _opener;

    public NearestNamesTests()
    {
        foreach (var name in (string[])["undionly.kpxe", "efi/snponly.efi", "debian/vmlinuz", "a.c32", "server.key", ".hidden/secret.efi", "vmlinuz-6.1"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, name))!);
            File.WriteAllText(Path.Combine(_root, name), "x");
        }

        Assert.That(ContentAccess.TryOpenRoot(_root, RootPath.Unknown, out var opener, out _, out _));
        _opener = opener!;
    }

    public void Dispose()
    {
        _opener.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [TestCase("Undionly.KPXE", "undionly.kpxe", Description = "its case")]
    [TestCase("/EFI\\snponly.efi", "efi/snponly.efi")]
    [TestCase("snponly.efi", "efi/snponly.efi", Description = "another folder")]
    [TestCase("boot/undionly.kpxe", "undionly.kpxe")]
    [TestCase("undionli.kpxe", "undionly.kpxe", Description = "a letter changed")]
    [TestCase("undionlyy.kpxe", "undionly.kpxe", Description = "a letter too many")]
    [TestCase("undinly.kpxe", "undionly.kpxe", Description = "a letter left out")]
    [TestCase("udnionly.kpxe", "undionly.kpxe", Description = "two changed places")]
    [TestCase("undonli.kpxe", null)]
    [TestCase("b.c32", "a.c32", Description = "five characters with the extension")]
    [TestCase("vmlinuz-6.2", null, Description = "another version")]
    [TestCase("server.kez", null, Description = "what is never served is never named")]
    [TestCase("hidden/secret.efi", null)]
    [TestCase("nothing.efi", null)]
    [TestCase("", null)]
    public void Finds_the_file_that_was_meant(string asked, string? meant) => Assert.That(Names().Find(asked), Is.EqualTo(meant));

    [Test]
    public void Reads_the_root_again_when_the_index_is_old()
    {
        var names = Names();
        Assert.That(names.Find("menu.ipxf"), Is.Null);
        File.WriteAllText(Path.Combine(_root, "menu.ipxe"), "x");
        Assert.That(names.Find("menu.ipxf"), Is.Null, "not yet");
        _time.Advance(NearestNames.FreshFor);
        Assert.That(names.Find("menu.ipxf"), Is.EqualTo("menu.ipxe"));
    }

    [Test]
    public void A_flood_of_names_is_not_looked_up()
    {
        var names = Names();
        for (var number = 0; number < NearestNames.LookUpsMax; number++) names.Find($"forged{number}.efi");
        Assert.That(names.Find("Undionly.kpxe"), Is.Null);
        _time.Advance(NearestNames.FreshFor);
        Assert.That(names.Find("Undionly.kpxe"), Is.EqualTo("undionly.kpxe"));
    }

    [Test]
    public void An_endless_tree_is_read_only_so_far()
    {
        var index = FileIndex.Read(new EndlessOpener(), static _ => true);
        Assert.That(index.Names.Count, Is.Positive.And.LessThanOrEqualTo(FileIndex.NamesMax));
    }

    private NearestNames Names() => new(_opener, ExtensionSet.Default, _time);

    private sealed class EndlessOpener : IFileOpener
    {
        public bool IsRootThere => true;

        public FileOpening Open(SafePath path, bool mayBlock) => FileOpening.WouldBlock;

        public DirectoryListing? List(SafePath? folder) => DirectoryListing.Of(default, [.. Enumerable.Range(0, 50).Select(static number => new DirectoryEntry($"e{number}", number % 2 == 0))]);

        public FileIdentity? Identify(SafePath? folder) => null;

        public void Dispose()
        {
        }
    }
}
