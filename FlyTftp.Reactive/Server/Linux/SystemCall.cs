using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>A Linux system call's number on the two architectures that this server is built for; −1 where it does not exist.</summary>
internal readonly record struct SystemCall(string Name, int X64, int Arm64)
{
    public static readonly SystemCall
        GetThreadId = new("gettid", 186, 178),
        OpenAt2 = new("openat2", 437, 437),
        ReadVectorAt = new("preadv2", 327, 286),
        Stat = new("statx", 332, 291),
        ReadLinkAt = new("readlinkat", 267, 78),
        Control = new("ioctl", 16, 29),
        GetDirectoryEntries = new("getdents64", 217, 61),
        SetCapabilities = new("capset", 126, 91),
        SecureComputing = new("seccomp", 317, 277),
        LandlockCreateRuleset = new("landlock_create_ruleset", 444, 444),
        LandlockAddRule = new("landlock_add_rule", 445, 445),
        LandlockRestrictSelf = new("landlock_restrict_self", 446, 446);

    /// <summary>This machine's kernel can be spoken to by number.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public int Number => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;

    public nint Invoke(nint first = 0, nint second = 0, nint third = 0, nint fourth = 0) =>
        Libc.SystemCall(Number, first, second, third, fourth, 0, 0);
}
