using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// Opens files by means that every platform has: resolves a name segment by segment, follows links that stay beneath the root, and refuses what
/// leaves it. Always blocks.
/// </summary>
/// <remarks>
/// It trusts whoever may write beneath the root: between the look and the opening, a segment could be made a link. A name that is no UTF-8 is not
/// found: the framework cannot say it.
/// </remarks>
/// <param name="root">An existing directory.</param>
/// <param name="inodeOf">
/// Tells a regular file from a FIFO or a device, and from others that had its name, without opening it; <c>null</c>: no regular file.
/// The framework knows neither: without help, a file's birth is its number, and on Unix an empty file is not found.
/// </param>
/// <param name="names">What absolute links may call the root; its own path by default.</param>
internal sealed class PortableOpener(string root, Func<string, ulong?>? inodeOf = null, RootPath? names = null) : IFileOpener
{
    private readonly string _root = Path.GetFullPath(root);
    private readonly RootPath _names = names ?? new RootPath(Path.GetFullPath(root));
    private readonly Func<string, ulong?> _inodeOf = inodeOf ?? BirthOf;

    public bool IsRootThere => Directory.Exists(_root);

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        if (!mayBlock) return FileOpening.WouldBlock;
        if (ByteText.HasOddBytes(path.Value)) return FileOpening.Refused(Refusal.NotFound);

        try
        {
            if (!LinkWalk.TryResolve(path.Value, _names, Look, out var resolved, out var refusal)) return FileOpening.Refused(refusal);
            var file = Path.Join(_root, resolved);
            if (Directory.Exists(file)) return FileOpening.Refused(Refusal.Folder);
            if (!File.Exists(file)) return FileOpening.Refused(Refusal.NotFound);
            // FIFOs, sockets and devices. Judged before it is opened, since to open a FIFO is to wait for its writer.
            if (_inodeOf(file) is not { } inode) return FileOpening.Refused(Refusal.Device);
            return FileOpening.Opened(new PortableFile(file, inode));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            return FileOpening.Refused(Refusal.NotFound);
        }
        catch (UnauthorizedAccessException)
        {
            return FileOpening.Refused(Refusal.Unreadable with { Detail = "permission denied" });
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            return FileOpening.Refused(Refusal.Unreadable with { Detail = e.Message });
        }
    }

    public DirectoryListing? List(SafePath? folder)
    {
        try
        {
            if (FolderOf(folder) is not { } path) return null;
            var identity = IdentityOf(path);
            var entries = new DirectoryInfo(path).EnumerateFileSystemInfos().Take(DirectoryListing.MaxEntries + 1)
                .Select(static entry => new DirectoryEntry(entry.Name, entry.Attributes.HasFlag(FileAttributes.Directory) && entry.LinkTarget is null));
            return DirectoryListing.Of(identity, [.. entries]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public FileIdentity? Identify(SafePath? folder)
    {
        try
        {
            return FolderOf(folder) is { } path ? IdentityOf(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public void Dispose()
    {
    }

    // FIFOs and devices have no length.
    private static ulong? BirthOf(string path) =>
        OperatingSystem.IsWindows() || new FileInfo(path).Length > 0 ? (ulong)File.GetCreationTimeUtc(path).Ticks : null;

    private static FileIdentity IdentityOf(string folder) => new(folder, 0, 0, 0, Directory.GetLastWriteTimeUtc(folder).Ticks);

    private string? FolderOf(SafePath? folder) =>
        LinkWalk.TryResolve(folder?.Value ?? "", _names, Look, out var resolved, out _) && Path.Join(_root, resolved) is var path && Directory.Exists(path)
            ? path
            : null;

    private LinkLook Look(string path) => new(new FileInfo(Path.Join(_root, path)).LinkTarget);
}
