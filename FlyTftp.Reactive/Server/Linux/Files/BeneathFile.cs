using FlyTftp.Reactive.Content.Files;
using Microsoft.Win32.SafeHandles;
using static FlyTftp.Reactive.Server.Linux.Files.NativeFiles;

namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>A file that can be read from the page cache without blocking (<c>RWF_NOWAIT</c>) where its file system knows how.</summary>
internal sealed class BeneathFile(SafeFileHandle handle, FileIdentity identity) : IOpenFile
{
    public FileIdentity Identity => identity;

    public static FileIdentity IdentityOf(in FileStatus status) => new(
        "", ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode, status.Length,
        (status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds);

    public FileIdentity? IdentifyAgain(bool mayBlock) => Stat(Descriptor, mayBlock, out var status) < 0 ? null : IdentityOf(status);

    public FileRead Read(long offset, Span<byte> destination, bool mayBlock) =>
        NativeFiles.Read(Descriptor, destination, offset, mayBlock ? 0 : ReadNoWait) switch
        {
            // Whatever stands in the way of reading without a wait, reading with a wait will do or tell. Even an end of file: Linux 5.9
            // and 5.10 report one where there is none.
            <= 0 when !mayBlock => FileRead.WouldBlock,
            < 0 => FileRead.Failed,
            var count => new(count),
        };

    public void Dispose() => handle.Dispose();

    // Not counted by the handle: the contract has no read under way when it is closed.
    private int Descriptor => (int)handle.DangerousGetHandle();
}
