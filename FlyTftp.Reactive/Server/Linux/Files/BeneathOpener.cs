using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using Microsoft.Win32.SafeHandles;
using static FlyTftp.Reactive.Server.Linux.Files.NativeFiles;

namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>
/// Has the kernel resolve names beneath the root, links included (<c>openat2</c>, Linux 5.6): nothing that happens to the tree meanwhile
/// can lead out of it. Answers from the kernel's caches without blocking where they know enough (<c>RESOLVE_CACHED</c>, Linux 5.12).
/// </summary>
internal sealed class BeneathOpener : IFileOpener
{
    // The kernel gives up when something is renamed while it walks through a "..".
    private const int MaxRaces = 8;

    private const ulong Beneath = ResolveBeneath | ResolveNoMagicLinks;

    private readonly SafeFileHandle _root;
    private readonly bool _hasCached;

    private BeneathOpener(SafeFileHandle root, bool hasCached) => (_root, _hasCached) = (root, hasCached);

    /// <param name="lack">What the kernel, or a filter before it, does not do.</param>
    public static bool TryCreate(string root, [NotNullWhen(true)] out BeneathOpener? opener, [NotNullWhen(false)] out string? lack)
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
        opener = new BeneathOpener(handle, cached is >= 0 or -Errno.TryAgain);
        return true;
    }

    public bool IsRootThere => Stat((int)_root.DangerousGetHandle(), mayBlock: true, out var status) < 0 || status.Links > 0;

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        if (!mayBlock && !_hasCached) return FileOpening.WouldBlock;

        // Non-blocking, so that a FIFO is opened without a writer, and refused.
        var flags = OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec | OpenFlags.NoTty | OpenFlags.LargeFile;
        var directory = (int)_root.DangerousGetHandle();
        var file = NativeFiles.Open(directory, path.Value, flags, mayBlock ? Beneath : Beneath | ResolveCached);
        if (file == -Errno.TryAgain && !mayBlock) return FileOpening.WouldBlock;
        for (var races = 0; file == -Errno.TryAgain && races < MaxRaces; races++) file = NativeFiles.Open(directory, path.Value, flags, Beneath);
        if (file < 0) return FileOpening.Refused(RefusalOf(-file));

        var handle = new SafeFileHandle(file, ownsHandle: true);
        if (Stat(file, mayBlock, out var status) is < 0 and var error)
        {
            handle.Dispose();
            return FileOpening.Refused(RefusalOf(-error));
        }

        if (status.IsRegular) return FileOpening.Opened(new BeneathFile(handle, BeneathFile.IdentityOf(status)));

        // A directory, a FIFO, a socket or a device: there is no file to be sent, so none is found.
        handle.Dispose();
        return FileOpening.Refused(Refusal.NotFound);
    }

    public void Dispose() => _root.Dispose();

    internal static Refusal RefusalOf(int error) => error switch
    {
        Errno.NoEntry or Errno.NotDirectory or Errno.Loop or Errno.NameTooLong or Errno.NoDeviceOrAddress or Errno.NoDevice => Refusal.NotFound,
        Errno.CrossDevice => Refusal.UnsafePath,
        Errno.TooManyOpen or Errno.TooManyOpenInSystem or Errno.NoMemory or Errno.TryAgain => Refusal.Busy with { Detail = Describe(error) },
        _ => Refusal.Unreadable with { Detail = Describe(error) },
    };
}
