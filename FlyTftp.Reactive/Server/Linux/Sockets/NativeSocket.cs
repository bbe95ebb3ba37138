using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// The system calls on sockets that the framework lacks: batches, ancillary data, the error queue. Numbers and layouts are those of 64-bit Linux
/// (uapi headers), the same on x86-64 and arm64. Each returns −1 on failure; <see cref="Marshal.GetLastPInvokeError"/> has errno.
/// </summary>
internal static unsafe partial class NativeSocket
{
    public const int AfInet = 2, AfInet6 = 10;
    public const int DatagramNonBlockingCloseOnExec = 2 | OpenFlags.NonBlocking | OpenFlags.CloseOnExec;

    public const int SolSocket = 1, SoReuseAddr = 2, SoSendBuffer = 7, SoReceiveBuffer = 8, SoReusePort = 15, SoBindToDevice = 25, SoAttachFilter = 26, SoSendBufferForce = 32, SoReceiveBufferForce = 33,
        SoLockFilter = 44, SoMemoryInfo = 55;
    public const int SolIp = 0, IpPacketInfo = 8, IpMtuDiscover = 10, IpReceiveErrors = 11;
    public const int SolIpv6 = 41, Ipv6MtuDiscover = 23, Ipv6ReceiveErrors = 25, Ipv6Only = 26, Ipv6ReceivePacketInfo = 49, Ipv6PacketInfo = 50;
    // IP_PMTUDISC_WANT and IP_PMTUDISC_PROBE, the same for IPv6.
    public const int FragmentsAsNeeded = 1, NeverFragments = 3;
    public const int SolUdp = 17, UdpSegment = 103;

    public const int MsgTruncated = 0x20, MsgDontWait = 0x40, MsgErrorQueue = 0x2000, MsgNoSignal = 0x4000;

    public const short PollIn = 1, PollOut = 4, PollError = 8, PollInvalid = 32;

    public const int EventNonBlockingCloseOnExec = OpenFlags.NonBlocking | OpenFlags.CloseOnExec;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(int socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int socket, MessageEntry* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(int socket, byte* buffer, nuint length, int flags, byte* name, uint* nameLength);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int socket, byte* buffer, nuint length, int flags, byte* name, uint nameLength);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int socket, MessageEntry* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nuint length);

    public static int SetSocketOption(int socket, int level, int name, int value) =>
        SetSocketOption(socket, level, name, &value, sizeof(int));

    /// <summary>struct iovec</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageEntry
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary>struct pollfd</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
