using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using Microsoft.Win32.SafeHandles;
using static FlyTftp.Reactive.Server.Linux.Files.NativeFiles;

namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>
/// Has the kernel resolve names beneath the root, links included (<c>openat2</c>, Linux 5.6): nothing that happens to the tree meanwhile
/// can lead out of it. An absolute link that leads back in is resolved here, and what that gives is opened without links. Answers from the kernel's caches without blocking where they know enough (<c>RESOLVE_CACHED</c>, Linux 5.12).
/// </summary>
internal sealed class BeneathOpener : IFileOpener
{
    // The kernel gives up when something is renamed while it walks through a "..".
    private const int MaxRaces = 8;

    private const ulong Beneath = ResolveBeneath | ResolveNoMagicLinks;

    private readonly SafeFileHandle _root;
    private readonly bool _hasCached;
    private readonly RootPath _names;

    private BeneathOpener(SafeFileHandle root, bool hasCached, RootPath names) => (_root, _hasCached, _names) = (root, hasCached, names);

    /// <param name="names">What absolute links may call the root.</param>
    /// <param name="lack">What the kernel, or a filter before it, does not do.</param>
    public static bool TryCreate(
        string root, RootPath names, [NotNullWhen(true)] out BeneathOpener? opener, [NotNullWhen(false)] out string? lack)
    {
        (opener, lack) = (null, null);
        var directory = NativeFiles.Open(CurrentDirectory, Path.GetFullPath(root), OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0);
        if (directory < 0)
        {
            lack = Describe(-directory);
            return false;
        }

        var handle = new SafeFileHandle(directory, ownsHandle: true);
        var cached = NativeFiles.Open(directory, ".", OpenFlags.PathOnly | OpenFlags.CloseOnExec, Beneath | ResolveCached);
        if (cached >= 0) new SafeFileHandle(cached, ownsHandle: true).Dispose();
        opener = new BeneathOpener(handle, cached is >= 0 or -Errno.TryAgain, names);
        return true;
    }

    public bool IsRootThere => Stat(Root, mayBlock: true, out var status) < 0 || status.Links > 0;

    private int Root => (int)_root.DangerousGetHandle();

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        if (!mayBlock && !_hasCached) return FileOpening.WouldBlock;

        var file = OpenFile(path.Value, mayBlock ? Beneath : Beneath | ResolveCached);
        if (!mayBlock && file is -Errno.TryAgain or -Errno.CrossDevice) return FileOpening.WouldBlock;
        // Some link is absolute, or leaves the root.
        if (file == -Errno.CrossDevice)
        {
            if (!LinkWalk.TryResolve(path.Value, _names, Look, out var resolved, out var refusal)) return FileOpening.Refused(refusal);
            file = OpenFile(resolved, Beneath | ResolveNoLinks);
        }

        if (file < 0) return FileOpening.Refused(RefusalOf(-file));

        var handle = new SafeFileHandle(file, ownsHandle: true);
        if (Stat(file, mayBlock, out var status) is < 0 and var error)
        {
            handle.Dispose();
            return FileOpening.Refused(RefusalOf(-error));
        }

        if (status.IsRegular) return FileOpening.Opened(new BeneathFile(handle, BeneathFile.IdentityOf(status)));

        handle.Dispose();
        return FileOpening.Refused(status.IsDirectory ? Refusal.Folder : Refusal.Device);
    }

    public DirectoryListing? List(SafePath? folder)
    {
        using var handle = OpenFolder(folder);
        if (handle is null) return null;
        var descriptor = (int)handle.DangerousGetHandle();
        return Stat(descriptor, mayBlock: true, out var status) == 0 && DirectoryEntries.ReadAll(descriptor, DirectoryListing.MaxEntries) is { } entries
            ? DirectoryListing.Of(BeneathFile.IdentityOf(status), entries)
            : null;
    }

    public FileIdentity? Identify(SafePath? folder)
    {
        using var handle = OpenFolder(folder);
        return handle is not null && Stat((int)handle.DangerousGetHandle(), mayBlock: true, out var status) == 0
            ? BeneathFile.IdentityOf(status)
            : null;
    }

    public void Dispose() => _root.Dispose();

    internal static Refusal RefusalOf(int error) => error switch
    {
        Errno.NoEntry or Errno.NotDirectory or Errno.NameTooLong => Refusal.NotFound,
        Errno.Loop => Refusal.TooManyLinks,
        Errno.NoDeviceOrAddress or Errno.NoDevice => Refusal.Device,
        Errno.CrossDevice => Refusal.LinkLeavesRoot,
        Errno.AccessDenied or Errno.NotPermitted => Refusal.Unreadable with { Detail = "permission denied" },
        Errno.TooManyOpen or Errno.TooManyOpenInSystem or Errno.NoMemory or Errno.TryAgain => Refusal.Busy with { Detail = Describe(error) },
        _ => Refusal.Unreadable with { Detail = Describe(error) },
    };

    // Non-blocking, so that a FIFO is opened without a writer, and refused.
    private int OpenFile(string path, ulong resolve) =>
        OpenAgain(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec | OpenFlags.NoTty | OpenFlags.LargeFile, resolve);

    private SafeFileHandle? OpenFolder(SafePath? folder)
    {
        var flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;
        var opened = OpenAgain(folder?.Value ?? ".", flags, Beneath);
        if (opened == -Errno.CrossDevice && LinkWalk.TryResolve(folder!.Value, _names, Look, out var resolved, out _))
            opened = OpenAgain(resolved.Length == 0 ? "." : resolved, flags, Beneath | ResolveNoLinks);
        return opened < 0 ? null : new SafeFileHandle(opened, ownsHandle: true);
    }

    private int OpenAgain(string path, int flags, ulong resolve)
    {
        var opened = NativeFiles.Open(Root, path, flags, resolve);
        for (var races = 0; opened == -Errno.TryAgain && races < MaxRaces && (resolve & ResolveCached) == 0; races++)
            opened = NativeFiles.Open(Root, path, flags, resolve);
        return opened;
    }

    private LinkLook Look(string path)
    {
        var opened = OpenAgain(path, OpenFlags.PathOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, Beneath | ResolveNoLinks);
        if (opened < 0) return new(null, RefusalOf(-opened));

        using var handle = new SafeFileHandle(opened, ownsHandle: true);
        if (Stat(opened, mayBlock: true, out var status) is < 0 and var error) return new(null, RefusalOf(-error));
        if (!status.IsLink) return default;
        return ReadLink(opened) is { } target ? new(target) : new(null, Refusal.Unreadable with { Detail = "a link that cannot be read" });
    }
}
