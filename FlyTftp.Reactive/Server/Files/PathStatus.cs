using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Files;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>What stands at a path.</summary>
internal enum PathKind : byte
{
    Missing,
    File,
    Directory,
    Link,

    /// <summary>A device, a FIFO or a socket: written to as it is, never replaced.</summary>
    Special,
}

/// <summary>
/// What a path leads to, without opening it. Off Linux (x64, arm64) less is known: no owner, and only what stands in <c>/dev</c> or is a Windows
/// device name counts as special.
/// </summary>
/// <param name="Owner">A user ID; <c>null</c> where it cannot be told.</param>
/// <param name="Permissions">The mode's lower twelve bits; none where they cannot be told.</param>
/// <param name="IsMountPoint">Something is mounted here, so it cannot be renamed over (Linux 5.8).</param>
/// <param name="Identity">The same for two paths to one file; <c>null</c> where it cannot be told.</param>
internal readonly record struct PathStatus(
    PathKind Kind, uint? Owner = null, UnixFileMode Permissions = UnixFileMode.None, bool IsMountPoint = false, (ulong Device, ulong Inode)? Identity = null)
{
    private const UnixFileMode AllPermissions = (UnixFileMode)0xFFF;

    /// <summary>The user that this process acts as; <c>null</c> where it cannot be told.</summary>
    public static uint? CurrentUser => OperatingSystem.IsLinux() ? Libc.EffectiveUserId() : null;

    /// <summary>A path that may not be looked at counts as missing: opening it will say why.</summary>
    public static PathStatus Of(string path, bool followsLinks)
    {
        if (!NativeFiles.IsSupported) return Portably(path, followsLinks);
        if (NativeFiles.StatPath(path, followsLinks, out var status) < 0) return default;
        var kind = status.IsRegular ? PathKind.File
            : status.IsDirectory ? PathKind.Directory
            : status.IsLink ? PathKind.Link
            : PathKind.Special;
        return new(
            kind, status.Owner, (UnixFileMode)status.Mode & AllPermissions, status.IsMountPoint,
            (((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode));
    }

    private static PathStatus Portably(string path, bool followsLinks)
    {
        var full = Path.GetFullPath(path);
        if (full.StartsWith(@"\\.\", StringComparison.Ordinal)) return new(PathKind.Special);
        if (!followsLinks && new FileInfo(full).LinkTarget is not null) return new(PathKind.Link);
        if (Directory.Exists(full)) return new(PathKind.Directory);
        if (!File.Exists(full)) return default;
        return new(!OperatingSystem.IsWindows() && full.StartsWith("/dev/", StringComparison.Ordinal) ? PathKind.Special : PathKind.File);
    }
}
