using static FlyTftp.Reactive.Server.Linux.Confinement.SystemCallRule;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>
/// What the server may ask of the kernel once its sockets are bound (docs/adr/0005). Everything else gets EPERM: new sockets, connecting,
/// binding, starting programs, forking, writing to files that are not open yet, changing users, tracing, mounting.
/// </summary>
internal static class SystemCallPolicy
{
    private const uint AnyValue = 0xFFFF_FFFF;
    private const uint ThreadFlag = 0x0001_0000;
    private const uint AccessMode = 0x3, Create = 0x40, Truncate = 0x200;
    private const uint Executable = 0x4;
    private const uint SetName = 15, NameMemory = 0x53564D41;

    // What a terminal, a socket and a pipe are asked; TIOCSTI, which types into the shell's terminal, is not among them.
    private const uint GetTerminal = 0x5401, GetWindowSize = 0x5413, GetProcessGroup = 0x540F,
        BytesReady = 0x541B, NonBlocking = 0x5421, CloseOnExec = 0x5451;

    /// <summary>
    /// glibc starts threads by clone3, whose flags lie behind a pointer. It is told that there is no such call and falls back on clone,
    /// whose flags can be judged; EPERM would end it.
    /// </summary>
    public static readonly SystemCall AnsweredAsMissing = new("clone3", 435, 435);

    /// <param name="process">Its own id: the only one that signals may go to.</param>
    /// <param name="loadsCode">A just-in-time compiler runs in this process: it needs memory that is written and then executed.</param>
    public static IEnumerable<SystemCallRule> For(uint process, bool loadsCode) =>
    [
        .. Traffic,
        .. FilesAndDescriptors,
        .. Runtime,
        AllowIf("clone", 56, 220, 0, ThreadFlag, ThreadFlag),
        AllowIf("kill", 62, 129, 0, AnyValue, process),
        AllowIf("tgkill", 234, 131, 0, AnyValue, process),
        .. loadsCode ? CodeInTheMaking : NoNewCode,
    ];

    private static readonly SystemCallRule[] Traffic =
    [
        Allow("recvmmsg", 299, 243), Allow("sendmmsg", 307, 269), Allow("recvmsg", 47, 212), Allow("sendmsg", 46, 211),
        Allow("recvfrom", 45, 207), Allow("sendto", 44, 206), Allow("ppoll", 271, 73), Allow("poll", 7, -1),
        Allow("epoll_wait", 232, -1), Allow("epoll_pwait", 281, 22), Allow("epoll_pwait2", 441, 441), Allow("epoll_ctl", 233, 21),
        Allow("epoll_create1", 291, 20), Allow("eventfd2", 290, 19), Allow("accept", 43, 202), Allow("accept4", 288, 242),
        Allow("shutdown", 48, 210), Allow("getsockname", 51, 204), Allow("getpeername", 52, 205),
        Allow("setsockopt", 54, 208), Allow("getsockopt", 55, 209),
    ];

    private static readonly SystemCallRule[] FilesAndDescriptors =
    [
        Allow("read", 0, 63), Allow("pread64", 17, 67), Allow("readv", 19, 65), Allow(SystemCall.ReadVectorAt),
        Allow("write", 1, 64), Allow("pwrite64", 18, 68), Allow("writev", 20, 66), Allow("close", 3, 57), Allow("lseek", 8, 62),
        // The flags of openat2 lie behind a pointer. That what it opens is read only is left to the user, to Landlock and to the mount.
        Allow(SystemCall.OpenAt2),
        AllowIf("openat", 257, 56, 2, AccessMode | Create | Truncate, 0),
        AllowIf("open", 2, -1, 1, AccessMode | Create | Truncate, 0),
        Allow("fstat", 5, 80), Allow("newfstatat", 262, 79), Allow(SystemCall.Stat), Allow("stat", 4, -1), Allow("lstat", 6, -1),
        Allow("fstatfs", 138, 44), Allow("readlink", 89, -1), Allow("readlinkat", 267, 78), Allow("access", 21, -1),
        Allow("faccessat", 269, 48), Allow("faccessat2", 439, 439), Allow(SystemCall.GetDirectoryEntries), Allow("getcwd", 79, 17),
        Allow("fadvise64", 221, 223), Allow("readahead", 187, 213), Allow("flock", 73, 32), Allow("fcntl", 72, 25),
        Allow("pipe2", 293, 59), Allow("dup", 32, 23),
        AllowIf("ioctl", 16, 29, 1, AnyValue, GetTerminal, GetWindowSize, GetProcessGroup, BytesReady, NonBlocking, CloseOnExec),
    ];

    private static readonly SystemCallRule[] Runtime =
    [
        Allow("futex", 202, 98), Allow("clock_gettime", 228, 113), Allow("clock_getres", 229, 114), Allow("gettimeofday", 96, 169),
        Allow("nanosleep", 35, 101), Allow("clock_nanosleep", 230, 115), Allow("sched_yield", 24, 124), Allow("getcpu", 309, 168),
        Allow("brk", 12, 214), Allow("munmap", 11, 215), Allow("mremap", 25, 216), Allow("madvise", 28, 233), Allow("membarrier", 324, 283),
        Allow("rt_sigaction", 13, 134), Allow("rt_sigprocmask", 14, 135), Allow("rt_sigreturn", 15, 139), Allow("sigaltstack", 131, 132),
        Allow("set_robust_list", 273, 99), Allow("set_tid_address", 218, 96), Allow("rseq", 334, 293), Allow("restart_syscall", 219, 128),
        Allow("sched_getaffinity", 204, 123), Allow("sched_setaffinity", 203, 122), Allow("getrandom", 318, 278),
        Allow("getpid", 39, 172), Allow(SystemCall.GetThreadId), Allow("getuid", 102, 174), Allow("geteuid", 107, 175),
        Allow("getgid", 104, 176), Allow("getegid", 108, 177), Allow("getgroups", 115, 158), Allow("getrusage", 98, 165), Allow("sysinfo", 99, 179),
        Allow("uname", 63, 160), Allow("exit", 60, 93), Allow("exit_group", 231, 94),
        // musl signals its own threads by this one; another process of the same user is all it could reach.
        Allow("tkill", 200, 130),
        AllowIf("prlimit64", 302, 261, 2, AnyValue, 0),
        AllowIf("prctl", 157, 167, 0, AnyValue, SetName, NameMemory),
    ];

    // Machine code comes from the executable only: what an intruder writes into memory cannot be run.
    private static readonly SystemCallRule[] NoNewCode =
    [
        AllowIf("mmap", 9, 222, 2, Executable, 0), AllowIf("mprotect", 10, 226, 2, Executable, 0),
    ];

    private static readonly SystemCallRule[] CodeInTheMaking =
    [
        Allow("mmap", 9, 222), Allow("mprotect", 10, 226), Allow("msync", 26, 227), Allow("memfd_create", 319, 279),
        Allow("ftruncate", 77, 46), Allow("mincore", 27, 232), Allow("sched_getparam", 143, 121), Allow("sched_getscheduler", 145, 120),
        Allow("sched_get_priority_max", 146, 125), Allow("sched_get_priority_min", 147, 126),
    ];
}
