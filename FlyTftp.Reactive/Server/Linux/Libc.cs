using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>
/// The calls into the C library that <see cref="Confinement"/> and its neighbours need. Blittable throughout. All return −1 on failure
/// and leave the reason in errno.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>
    /// Any system call by its number, for those without a wrapper in every C library. It is variadic in C; with integers only, Linux's
    /// x64 and arm64 conventions pass the same registers as for a plain function.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    internal static partial int Open(byte* path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(int socket, int backlog);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    internal static partial nint Seek(int descriptor, nint offset, int whence);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int operation, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetLimit(int resource, ulong* limits);

    [LibraryImport(Library, EntryPoint = "fchdir", SetLastError = true)]
    internal static partial int ChangeDirectory(int descriptor);

    [LibraryImport(Library, EntryPoint = "chroot", SetLastError = true)]
    internal static partial int ChangeRoot(byte* path);

    // These three act on all threads: the C libraries see to it, the bare system calls would not (nptl(7); musl's __synccall).
    [LibraryImport(Library, EntryPoint = "setgroups", SetLastError = true)]
    internal static partial int SetGroups(nint count, uint* groups);

    [LibraryImport(Library, EntryPoint = "setresgid", SetLastError = true)]
    internal static partial int SetGroupIds(uint real, uint effective, uint saved);

    [LibraryImport(Library, EntryPoint = "setresuid", SetLastError = true)]
    internal static partial int SetUserIds(uint real, uint effective, uint saved);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint EffectiveUserId();

    [LibraryImport(Library, EntryPoint = "getegid")]
    internal static partial uint EffectiveGroupId();

    /// <summary>Ends the process at once, without anything that tidies up.</summary>
    [LibraryImport(Library, EntryPoint = "_exit")]
    internal static partial void Exit(int status);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
