using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using static FlyTftp.Reactive.Server.Linux.Confinement.SystemCallRule;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>
/// A second process that stays where the files are which a reload reads, when the server has gone into its root (docs/adr/0013). It knows a fixed
/// list of paths and is asked by a number: the server gets at these files and at no others. It has no rights besides: the server's user, no
/// capabilities, seven system calls. It ends when the server does.
/// </summary>
/// <remarks>
/// Forked from the first thread, before there are others. What runs in it allocates nothing and calls the kernel only, as nothing of the runtime but this
/// one thread is there.
/// </remarks>
internal sealed unsafe class FileKeeper : IDisposable
{
    /// <summary>Bytes; a longer file is not read.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Paths it may know.</summary>
    public const int MaxFiles = 64;

    private const byte RootRequest = 0xFF;
    private const int PieceLength = 4096, SignalOfChild = 17, NoNewPrivileges = 38, SetName = 15, BlockSignals = 2;
    private const uint CloseOnExec = 0x80000, NonBlocking = 0x800;
    private const int FollowLinks = 0, InodeMask = 0x100, CurrentDirectory = -100;

    private readonly Lock _gate = new();
    private readonly int _requests, _answers;

    private FileKeeper(int requests, int answers) => (_requests, _answers) = (requests, answers);

    /// <param name="files">Absolute paths.</param>
    /// <param name="root">The path whose folder <see cref="IdentifyRoot"/> looks at.</param>
    /// <param name="user">Whom it becomes if it is root, with <paramref name="group"/>.</param>
    public static bool TryStart(
        IReadOnlyList<string> files, string root, uint user, uint group, [NotNullWhen(true)] out FileKeeper? keeper, [NotNullWhen(false)] out SystemError? error)
    {
        keeper = null;
        if (files.Count > MaxFiles) throw new ArgumentOutOfRangeException(nameof(files));

        var pipes = stackalloc int[4];
        error = Call.Pipe(pipes) ?? Call.Pipe(pipes + 2);
        if (error is not null) return false;

        // Never freed: the other process lives on them, and this one needs them no more than once.
        var plan = (Plan*)NativeMemory.AllocZeroed((nuint)sizeof(Plan));
        plan->Fill(files, root, user, group, pipes[0], pipes[3]);
        var child = Libc.SystemCall(Call.Clone, SignalOfChild, 0, 0, 0, 0, 0);
        if (child == 0) plan->Run();

        _ = Libc.Close(pipes[0]);
        _ = Libc.Close(pipes[3]);
        error = SystemError.Of("fork", child);
        if (error is null)
        {
            keeper = new FileKeeper(pipes[1], pipes[2]);
            return true;
        }

        _ = Libc.Close(pipes[1]);
        _ = Libc.Close(pipes[2]);
        return false;
    }

    /// <param name="file">Its place in the list.</param>
    /// <param name="error">An error number where the bytes are <c>null</c>.</param>
    public byte[]? Read(int file, out int error)
    {
        lock (_gate)
        {
            error = Errno.InputOutput;
            if (!Ask((byte)file)) return null;

            var bytes = new List<byte>();
            var piece = new byte[PieceLength];
            while (TryReceive(out int count))
            {
                if (count <= 0)
                {
                    error = -count;
                    return count == 0 ? [.. bytes] : null;
                }

                if (!TryReceive(piece.AsSpan(0, count))) return null;
                bytes.AddRange(piece.AsSpan(0, count));
            }

            return null;
        }
    }

    /// <summary>Device and inode of the folder that the root's path leads to now; <c>null</c>: to none.</summary>
    public (ulong Device, ulong Inode)? IdentifyRoot()
    {
        lock (_gate)
        {
            return Ask(RootRequest) && TryReceive(out int result) && TryReceive(out ulong device) && TryReceive(out ulong inode) && result == 0
                ? (device, inode)
                : null;
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_requests);
        _ = Libc.Close(_answers);
    }

    private bool Ask(byte request) => Libc.SystemCall(Call.Write, _requests, (nint)(&request), 1, 0, 0, 0) == 1;

    private bool TryReceive<T>(out T value)
        where T : unmanaged
    {
        value = default;
        fixed (T* start = &value) return TryReceive(new Span<byte>(start, sizeof(T)));
    }

    private bool TryReceive(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var count = Libc.SystemCall(Call.Read, _answers, (nint)(start + done), bytes.Length - done, 0, 0, 0);
                if (count == 0 || (count < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)) return false;
                if (count > 0) done += (int)count;
            }

            return true;
        }
    }

    /// <summary>The numbers of the calls that the other process makes.</summary>
    private static class Call
    {
        private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

        public static readonly nint Read = IsArm ? 63 : 0, Write = IsArm ? 64 : 1, Close = IsArm ? 57 : 3, OpenAt = IsArm ? 56 : 257,
            Statx = IsArm ? 291 : 332, Exit = IsArm ? 94 : 231, Clone = IsArm ? 220 : 56, CloseRange = 436,
            SignalMask = IsArm ? 135 : 14, Control = IsArm ? 167 : 157, SetGroups = IsArm ? 159 : 116, SetGroupIds = IsArm ? 149 : 119,
            SetUserIds = IsArm ? 147 : 117, SetCapabilities = IsArm ? 91 : 126, Filter = IsArm ? 277 : 317;

        private static readonly nint PipeNumber = IsArm ? 59 : 293;

        public static SystemError? Pipe(int* pipe) =>
            SystemError.Of("pipe2", Libc.SystemCall(PipeNumber, (nint)pipe, (nint)CloseOnExec, 0, 0, 0, 0));
    }

    /// <summary>All that the other process needs, outside the heap.</summary>
    private struct Plan
    {
        private fixed ulong _paths[MaxFiles + 1];
        private int _count, _requests, _answers, _filterLength;
        private uint _user, _group;
        private byte _isRoot;
        private nint _filter, _name;
        private nint _read, _write, _close, _open, _statx, _exit, _closeRange, _signalMask, _control, _setGroups, _setGroupIds, _setUserIds,
            _setCapabilities, _install;

        public void Fill(IReadOnlyList<string> files, string root, uint user, uint group, int requests, int answers)
        {
            for (var number = 0; number < files.Count; number++) _paths[number] = (ulong)Marshal.StringToCoTaskMemUTF8(files[number]);
            _paths[MaxFiles] = (ulong)Marshal.StringToCoTaskMemUTF8(root);
            (_count, _requests, _answers, _user, _group) = (files.Count, requests, answers, user, group);
            _isRoot = (byte)(Libc.EffectiveUserId() == 0 ? 1 : 0);
            _name = Marshal.StringToCoTaskMemUTF8("flytftp-files");
            (_read, _write, _close, _open, _statx, _exit) = (Call.Read, Call.Write, Call.Close, Call.OpenAt, Call.Statx, Call.Exit);
            (_closeRange, _signalMask, _control, _setGroups) = (Call.CloseRange, Call.SignalMask, Call.Control, Call.SetGroups);
            (_setGroupIds, _setUserIds, _setCapabilities, _install) = (Call.SetGroupIds, Call.SetUserIds, Call.SetCapabilities, Call.Filter);

            SystemCallRule[] allowed =
            [
                Allow("read", 0, 63), Allow("write", 1, 64), Allow("close", 3, 57), AllowIf("openat", 257, 56, 2, 0x3 | 0x40 | 0x200, 0),
                Allow("statx", 332, 291), Allow("exit_group", 231, 94), Allow("rt_sigreturn", 15, 139),
            ];
            var program = SystemCallFilter.Build(allowed, SystemCallPolicy.AnsweredAsMissing, RuntimeInformation.ProcessArchitecture).ToArray();
            _filterLength = program.Length;
            _filter = (nint)NativeMemory.Alloc((nuint)(program.Length * sizeof(SystemCallFilter.Instruction)));
            program.CopyTo(new Span<SystemCallFilter.Instruction>((void*)_filter, program.Length));
        }

        /// <summary>The other process. Never comes back.</summary>
        [DoesNotReturn]
        public void Run()
        {
            if (GiveUp()) Serve();
            while (true) _ = Libc.SystemCall(_exit, 0, 0, 0, 0, 0, 0);
        }

        private bool GiveUp()
        {
            // Ctrl-C goes to both; this one ends when the other has ended.
            var all = ulong.MaxValue;
            _ = Libc.SystemCall(_signalMask, BlockSignals, (nint)(&all), 0, sizeof(ulong), 0, 0);
            _ = Libc.SystemCall(_control, SetName, _name, 0, 0, 0, 0);

            // Whatever else is open belongs to the server.
            var (low, high) = (Math.Min(_requests, _answers), Math.Max(_requests, _answers));
            CloseFrom(0, low - 1);
            CloseFrom(low + 1, high - 1);
            CloseFrom(high + 1, int.MaxValue);

            if (_isRoot != 0
                && (Libc.SystemCall(_setGroups, 0, 0, 0, 0, 0, 0) < 0
                    || Libc.SystemCall(_setGroupIds, (nint)_group, (nint)_group, (nint)_group, 0, 0, 0) < 0
                    || Libc.SystemCall(_setUserIds, (nint)_user, (nint)_user, (nint)_user, 0, 0, 0) < 0)) return false;

            var header = stackalloc uint[2] { 0x20080522, 0 };
            var none = stackalloc uint[6] { 0, 0, 0, 0, 0, 0 };
            _ = Libc.SystemCall(_setCapabilities, (nint)header, (nint)none, 0, 0, 0, 0);
            _ = Libc.SystemCall(_control, NoNewPrivileges, 1, 0, 0, 0, 0);
            var program = stackalloc nint[2] { _filterLength, _filter };
            _ = Libc.SystemCall(_install, 1, 0, (nint)program, 0, 0, 0);
            return true;
        }

        private void CloseFrom(int first, int last)
        {
            if (first > last || Libc.SystemCall(_closeRange, first, last, 0, 0, 0, 0) >= 0) return;
            // Before Linux 5.9.
            for (var descriptor = first; descriptor <= Math.Min(last, 1023); descriptor++) _ = Libc.SystemCall(_close, descriptor, 0, 0, 0, 0, 0);
        }

        private void Serve()
        {
            byte request;
            while (Libc.SystemCall(_read, _requests, (nint)(&request), 1, 0, 0, 0) == 1)
            {
                if (request == RootRequest) TellRoot();
                else if (request < _count) TellFile((nint)_paths[request]);
                else return;
            }
        }

        private void TellFile(nint path)
        {
            var file = (int)Libc.SystemCall(_open, CurrentDirectory, path, (nint)(CloseOnExec | NonBlocking), 0, 0, 0);
            if (file < 0)
            {
                Tell(-Marshal.GetLastPInvokeError());
                return;
            }

            var piece = stackalloc byte[PieceLength];
            var (total, count) = (0, 0);
            while ((count = (int)Libc.SystemCall(_read, file, (nint)piece, PieceLength, 0, 0, 0)) > 0)
            {
                if ((total += count) > MaxLength)
                {
                    count = -1;
                    break;
                }

                Tell(count);
                Send(piece, count);
            }

            Tell(count == 0 ? 0 : total > MaxLength ? -Errno.TooLarge : -Errno.InputOutput);
            _ = Libc.SystemCall(_close, file, 0, 0, 0, 0, 0);
        }

        private void TellRoot()
        {
            var status = stackalloc byte[256];
            var result = Libc.SystemCall(_statx, CurrentDirectory, (nint)_paths[MaxFiles], FollowLinks, InodeMask, (nint)status, 0);
            Tell(result < 0 ? -1 : 0);
            var device = ((ulong)*(uint*)(status + 136) << 32) | *(uint*)(status + 140);
            Send((byte*)&device, sizeof(ulong));
            Send(status + 32, sizeof(ulong));
        }

        private void Tell(int number) => Send((byte*)&number, sizeof(int));

        private void Send(byte* bytes, int length)
        {
            for (var done = 0; done < length;)
            {
                var count = (int)Libc.SystemCall(_write, _answers, (nint)(bytes + done), length - done, 0, 0, 0);
                if (count <= 0) return;
                done += count;
            }
        }
    }
}
