using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>
/// The file system calls that the framework lacks, by number: C libraries differ in which of them they wrap. Blittable types only.
/// </summary>
internal static unsafe class NativeFiles
{
    public const ulong ResolveNoMagicLinks = 0x02, ResolveNoLinks = 0x04, ResolveBeneath = 0x08, ResolveCached = 0x20;
    public const int ReadNoWait = 0x08, CurrentDirectory = -100;

    /// <summary>x64 and arm64 alone: only their call numbers are known here.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => SystemCall.IsSupported;

    private const int EmptyPath = 0x1000, DoNotSync = 0x4000, NoFollow = 0x100, TypeLinksSizeTimeInode = 0x345, TypeModeOwnerInode = 0x10B;
    private const int TypeMask = 0xF000, RegularType = 0x8000, DirectoryType = 0x4000, LinkType = 0xA000;
    private const ulong MountRoot = 0x2000;

    /// <summary>One line for logs, such as <c>Permission denied (13)</c>.</summary>
    public static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} ({error})";

    /// <returns>A descriptor, or a negative error number.</returns>
    public static int Open(int directory, string path, int flags, ulong resolve)
    {
        var name = stackalloc byte[MaxNameLength];
        if (!TryTerminate(path, new(name, MaxNameLength))) return -Errno.NameTooLong;

        var how = new OpenHow { Flags = (ulong)flags, Resolve = resolve };
        return (int)Call(SystemCall.OpenAt2, directory, (nint)name, (nint)(&how), sizeof(OpenHow), 0, 0);
    }

    /// <returns>Bytes read, or a negative error number.</returns>
    public static int Read(int file, Span<byte> destination, long offset, int flags)
    {
        fixed (byte* start = destination)
        {
            var vector = new Vector { Start = (nint)start, Length = destination.Length };
            return (int)Call(SystemCall.ReadVectorAt, file, (nint)(&vector), 1, (nint)offset, 0, flags);
        }
    }

    /// <returns>0, or a negative error number.</returns>
    public static int Stat(int file, bool mayBlock, out FileStatus status)
    {
        fixed (FileStatus* start = &status)
        {
            byte empty = 0;
            var flags = EmptyPath | (mayBlock ? 0 : DoNotSync);
            return (int)Call(SystemCall.Stat, file, (nint)(&empty), flags, TypeLinksSizeTimeInode, (nint)start, 0);
        }
    }

    /// <summary>Type, mode, owner and inode of what stands at a path.</summary>
    /// <returns>0, or a negative error number.</returns>
    public static int StatPath(string path, bool followsLinks, out FileStatus status)
    {
        status = default;
        var name = stackalloc byte[MaxNameLength];
        if (!TryTerminate(path, new(name, MaxNameLength))) return -Errno.NameTooLong;
        fixed (FileStatus* start = &status)
            return (int)Call(SystemCall.Stat, CurrentDirectory, (nint)name, followsLinks ? 0 : NoFollow, TypeModeOwnerInode, (nint)start, 0);
    }

    /// <summary>Where a link leads that was opened for its path alone; <c>null</c>: it cannot be read.</summary>
    public static string? ReadLink(int link)
    {
        byte empty = 0;
        var target = stackalloc byte[MaxNameLength];
        var length = (int)Call(SystemCall.ReadLinkAt, link, (nint)(&empty), (nint)target, MaxNameLength, 0, 0);
        return length is > 0 and < MaxNameLength ? ByteText.Read(new(target, length)) : null;
    }

    /// <summary>The inode of a regular file, without opening it; <c>null</c> for whatever else.</summary>
    public static ulong? InodeOf(string path)
    {
        var name = stackalloc byte[MaxNameLength];
        FileStatus status;
        return TryTerminate(path, new(name, MaxNameLength))
            && Call(SystemCall.Stat, CurrentDirectory, (nint)name, 0, TypeLinksSizeTimeInode, (nint)(&status), 0) == 0
            && status.IsRegular ? status.Inode : null;
    }

    private const int MaxNameLength = 4096;

    private static bool TryTerminate(string path, Span<byte> name)
    {
        if (ByteText.LengthOf(path) is var length && length >= name.Length) return false;
        ByteText.Write(path, name);
        name[length] = 0;
        return true;
    }

    private static nint Call(SystemCall call, nint a, nint b, nint c, nint d, nint e, nint f)
    {
        while (true)
        {
            var result = Libc.SystemCall(call.Number, a, b, c, d, e, f);
            if (result >= 0) return result;
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.Interrupted) return -error;
        }
    }

    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    private struct Vector
    {
        public nint Start, Length;
    }

    /// <summary>The part of <c>struct statx</c> that matters: the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(8)] public ulong Attributes;
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint Owner;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public long Length;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;

        public readonly bool IsRegular => (Mode & TypeMask) == RegularType;

        public readonly bool IsDirectory => (Mode & TypeMask) == DirectoryType;

        public readonly bool IsLink => (Mode & TypeMask) == LinkType;

        /// <summary>Something is mounted here (Linux 5.8; before, never told).</summary>
        public readonly bool IsMountPoint => (Attributes & MountRoot) != 0;
    }
}
