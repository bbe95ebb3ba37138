using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>
/// The flags of open(2) and its kin that are used here (asm-generic/fcntl.h; three of them differ on arm64). SOCK_NONBLOCK, SOCK_CLOEXEC and
/// those of eventfd(2) are the same numbers.
/// </summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0, NoTty = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;

    /// <summary>Unlike its forerunners, openat2 does not take it for granted: without it no file of 2 GiB can be opened.</summary>
    public static readonly int LargeFile = IsArm64 ? 0x20000 : 0x8000;

    public static readonly int Directory = IsArm64 ? 0x4000 : 0x10000;

    public static readonly int NoFollow = IsArm64 ? 0x8000 : 0x20000;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
