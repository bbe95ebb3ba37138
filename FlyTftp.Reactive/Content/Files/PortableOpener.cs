using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// Opens files by means that every platform has: resolves a name segment by segment, follows relative links, and refuses what leaves the
/// root. A link to an absolute path leaves it, wherever it leads, as it does for the kernel (<c>RESOLVE_BENEATH</c>). Always blocks.
/// </summary>
/// <remarks>It trusts whoever may write beneath the root: between the look and the opening, a segment could be made a link.</remarks>
/// <param name="root">An existing directory.</param>
/// <param name="inodeOf">
/// Tells a regular file from a FIFO or a device, and from others that had its name, without opening it; <c>null</c>: no regular file.
/// The framework knows neither: without help, a file's birth is its number, and on Unix an empty file is not found.
/// </param>
internal sealed class PortableOpener(string root, Func<string, ulong?>? inodeOf = null) : IFileOpener
{
    /// <summary>Links followed for one name, as Linux does.</summary>
    public const int MaxLinks = 40;

    private static readonly char[] LinkSeparators = OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'];

    private readonly string _root = Path.GetFullPath(root);
    private readonly Func<string, ulong?> _inodeOf = inodeOf ?? BirthOf;

    public bool IsRootThere => Directory.Exists(_root);

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        if (!mayBlock) return FileOpening.WouldBlock;

        try
        {
            // Directories, FIFOs, sockets and devices: there is no file to be sent, so none is found. Judged before it is opened, since
            // to open a FIFO is to wait for its writer.
            if (!TryResolve(path, out var resolved, out var refusal)) return FileOpening.Refused(refusal);
            if (!File.Exists(resolved) || _inodeOf(resolved) is not { } inode) return FileOpening.Refused(Refusal.NotFound);
            return FileOpening.Opened(new PortableFile(resolved, inode));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            return FileOpening.Refused(Refusal.NotFound);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return FileOpening.Refused(Refusal.Unreadable with { Detail = e.Message });
        }
    }

    public void Dispose()
    {
    }

    // FIFOs and devices have no length.
    private static ulong? BirthOf(string path) =>
        OperatingSystem.IsWindows() || new FileInfo(path).Length > 0 ? (ulong)File.GetCreationTimeUtc(path).Ticks : null;

    private bool TryResolve(SafePath path, [NotNullWhen(true)] out string? resolved, [NotNullWhen(false)] out Refusal? refusal)
    {
        (resolved, refusal) = (null, null);
        var done = new List<string> { _root };
        var ahead = new Stack<string>(path.Value.Split(SafePath.Separator).Reverse());
        var links = 0;
        while (ahead.TryPop(out var segment))
        {
            if (segment is "" or ".") continue;
            if (segment == "..")
            {
                if (done.Count == 1) refusal = Refusal.UnsafePath;
                else done.RemoveAt(done.Count - 1);
            }
            else if (new FileInfo(Path.Join([.. done, segment])).LinkTarget is not { } target) done.Add(segment);
            else if (Path.IsPathRooted(target)) refusal = Refusal.UnsafePath;
            else if (++links > MaxLinks) refusal = Refusal.NotFound;
            else
            {
                foreach (var next in target.Split(LinkSeparators).Reverse()) ahead.Push(next);
            }

            if (refusal is not null) return false;
        }

        resolved = Path.Join([.. done]);
        return true;
    }
}
