using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// Turns garbage away before it is queued: a classic BPF program on the socket (socket(7), SO_ATTACH_FILTER), run by the kernel for each datagram, so
/// that a flood of rubbish takes no room from honest ACKs and wakes nobody. It looks at the opcode and the length only and never refuses what the
/// server would answer. What it refuses counts among <see cref="UdpSocket.CountDrops"/>.
/// <code>
/// what it sees   | UDP header 8 | opcode 2 | …
/// passes         | opcode 1, 2 and 7 to 15 (answered, if only by an ERROR) | ACK, ERROR, from four bytes on |
/// </code>
/// DATA and OACK are a server's to send, and nothing here ever waits for them.
/// </summary>
internal static unsafe class GarbageFilter
{
    private const ushort LoadLength = 0x80, LoadHalf = 0x28, JumpIfEqual = 0x15, JumpIfGreater = 0x25, JumpIfGreaterOrEqual = 0x35, Return = 0x06;
    private const uint UdpHeader = 8, PassWhole = uint.MaxValue, Drop = 0;

    /// <summary>An opcode: a request that lacks its name or mode is answered with an ERROR.</summary>
    private const uint ShortestRequest = 2;

    private const uint LastOpcode = 15;

    /// <summary>One instruction, <c>struct sock_filter</c>.</summary>
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    // A jump is as many instructions as it leaves out. To load what is not there ends the program with 0, which is Drop.
    internal static readonly Instruction[] Program =
    [
        new(LoadHalf, 0, 0, UdpHeader),
        new(JumpIfEqual, 7, 0, (uint)Opcode.Acknowledgment),
        new(JumpIfEqual, 6, 0, (uint)Opcode.Error),
        new(JumpIfEqual, 7, 0, 0),
        new(JumpIfEqual, 6, 0, (uint)Opcode.Data),
        new(JumpIfEqual, 5, 0, (uint)Opcode.OptionAcknowledgment),
        new(JumpIfGreater, 4, 0, LastOpcode),
        new(LoadLength, 0, 0, 0),
        new(JumpIfGreaterOrEqual, 1, 2, UdpHeader + ShortestRequest),
        new(LoadHalf, 0, 0, UdpHeader + 2),
        new(Return, 0, 0, PassWhole),
        new(Return, 0, 0, Drop),
    ];

    /// <summary>Attaches it for good: not even an intruder in this process can take it off again. Where the kernel refuses, everything is queued.</summary>
    public static void Attach(int socket)
    {
        fixed (Instruction* first = Program)
        {
            // struct sock_fprog: count (2 bytes, padded to 8), pointer.
            var header = stackalloc nint[2] { Program.Length, (nint)first };
            if (NativeSocket.SetSocketOption(socket, NativeSocket.SolSocket, NativeSocket.SoAttachFilter, header, (uint)(2 * sizeof(nint))) == 0)
                _ = NativeSocket.SetSocketOption(socket, NativeSocket.SolSocket, NativeSocket.SoLockFilter, 1);
        }
    }
}
