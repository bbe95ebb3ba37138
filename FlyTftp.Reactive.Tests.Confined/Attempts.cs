using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Confinement;

namespace FlyTftp.Reactive.Tests.Confined;

/// <summary>What an intruder would try. Each says <c>ok</c> or why it did not work.</summary>
internal sealed unsafe partial class Attempts(string root, int listenerPort) : IDisposable
{
    private readonly Queue<Socket> _tcpMadeBefore = new([NewTcp(), NewTcp()]);
    private readonly Socket _udpMadeBefore = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Changes when the process has another root.</summary>
    public string Root { get; set; } = root;

    public IEnumerable<(string Name, string Result)> TryAll()
    {
        yield return ("read-passwd", Try(() => File.ReadAllText("/etc/passwd")));
        yield return ("read-beneath-root", Try(() => File.ReadAllText(Path.Combine(Root, "file.txt"))));
        yield return ("list-root", Try(() => Directory.GetFiles(Root)));
        yield return ("write-beneath-root", Try(() => File.WriteAllText(Path.Combine(Root, "written.txt"), "x")));
        yield return ("read-passwd-on-the-pool", Try(() => Task.Run(() => File.ReadAllText("/etc/passwd")).GetAwaiter().GetResult()));
        yield return ("read-passwd-on-the-finalizer", Try(ReadOnFinalizer));
        yield return ("new-socket", Try(() => NewTcp().Dispose()));
        yield return ("connect", Try(() => Connect(_tcpMadeBefore.Dequeue())));
        yield return ("send-udp", Try(() => _udpMadeBefore.SendTo("x"u8, new IPEndPoint(IPAddress.Loopback, 9))));
        yield return ("become-root", Call(SetUserIds(0, 0, 0)));
        yield return ("chroot", Call(ChangeRootTo("/")));
        yield return ("fork", Call(TryFork()));
        yield return ("new-code", NewCode());
        yield return ("start-a-thread", Try(StartThread));
    }

    /// <summary>Does not come back when it works.</summary>
    public static string Execute(string says)
    {
        var texts = new[] { "/bin/echo", says }.Select(text => Marshal.StringToCoTaskMemUTF8(text)).ToArray();
        var arguments = stackalloc nint[3] { texts[0], texts[1], 0 };
        var environment = stackalloc nint[1] { 0 };
        return Call(Execve((byte*)texts[0], arguments, environment));
    }

    public static void ForgetUser() => _ = SetUserIds(1234, 1234, 1234);

    /// <summary>What root has as a login shell's child: groups beside its own.</summary>
    public static void JoinGroups()
    {
        var groups = stackalloc uint[] { 4, 27 };
        _ = SetGroups(2, groups);
    }

    /// <summary>What a service manager leaves: a capability that outlives a change of program. Needs to be root.</summary>
    public static void KeepCapability()
    {
        const int NetBindService = 10, Ambient = 47, Raise = 2;
        var line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("CapPrm:", StringComparison.Ordinal));
        var permitted = ulong.Parse(line[7..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        // As in Capabilities: a header, then twice effective, permitted, inheritable.
        var header = stackalloc uint[] { 0x20080522, 0 };
        var sets = stackalloc uint[] { (uint)permitted, (uint)permitted, 1 << NetBindService, (uint)(permitted >> 32), (uint)(permitted >> 32), 0 };
        _ = SystemCall.SetCapabilities.Invoke((nint)header, (nint)sets);
        _ = Libc.ProcessControl(Ambient, Raise, NetBindService, 0, 0);
    }

    /// <summary>What <see cref="Confinement"/> cannot reach, so must name.</summary>
    public static void StartEarly() => new Thread(static () => Thread.Sleep(Timeout.Infinite)) { Name = "early", IsBackground = true }.Start();

    public void Dispose()
    {
        foreach (var socket in _tcpMadeBefore) socket.Dispose();
        _udpMadeBefore.Dispose();
    }

    private static Socket NewTcp() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private void Connect(Socket socket)
    {
        using (socket) socket.Connect(IPAddress.Loopback, listenerPort);
    }

    private static void ReadOnFinalizer()
    {
        var result = new string[1];
        Leave(result);
        for (var attempt = 0; attempt < 5 && result[0] is null; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        if (result[0] != "ok") throw new IOException(result[0] ?? "never ran");
    }

    private static void Leave(string[] result) => _ = new Finalized(result);

    private static void StartThread()
    {
        var thread = new Thread(static () => GC.Collect());
        thread.Start();
        thread.Join();
    }

    private static string NewCode()
    {
        const int PrivateAnonymous = 0x22, ReadWriteExecute = 7;
        var memory = MemoryMap(0, 4096, ReadWriteExecute, PrivateAnonymous, -1, 0);
        return memory == -1 ? Marshal.GetLastPInvokeErrorMessage() : "ok";
    }

    // The child has one thread and the runtime does not know of it: it may do nothing but end.
    private static int TryFork()
    {
        var child = Fork();
        if (child == 0) Exit(0);
        return child;
    }

    private static int ChangeRootTo(string path)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0')) return ChangeRoot(text);
    }

    private static string Call(int result) => result >= 0 ? "ok" : Marshal.GetLastPInvokeErrorMessage();

    private static string Try(Action action)
    {
        try
        {
            action();
            return "ok";
        }
        catch (Exception failure)
        {
            return $"{failure.GetType().Name}: {failure.Message}".ReplaceLineEndings(" ");
        }
    }

    private sealed class Finalized(string[] result)
    {
        ~Finalized() => result[0] = Try(() => File.ReadAllText("/etc/passwd"));
    }

    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "fork", SetLastError = true)]
    private static partial int Fork();

    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    private static partial int Execve(byte* path, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetUserIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true)]
    private static partial int ChangeRoot(byte* path);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MemoryMap(nint address, nint length, int protection, int flags, int descriptor, nint offset);
}
