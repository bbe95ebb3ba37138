using System.Runtime.InteropServices;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What a session said or heard at one time, in 8 bytes. A window is one row.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TraceRow
{
    /// <summary>Bytes in memory, for whoever keeps account.</summary>
    public const int Size = 8;

    /// <summary>Datagrams that fit in one row.</summary>
    public const int CountMax = (1 << (16 - CountShift)) - 1;

    private const long TicksPerUnit = 10 * TimeSpan.TicksPerMicrosecond;
    private const int KindMask = 15, FromClient = 16, Repeat = 32, EndsShortBit = 64, CountShift = 7;

    public static readonly TimeSpan Resolution = TimeSpan.FromTicks(TicksPerUnit);

    private readonly ushort _bits;

    /// <param name="tick">See <see cref="TickOf"/>.</param>
    /// <param name="count">1 to <see cref="CountMax"/>.</param>
    /// <param name="block">Only its lower 16 bits are kept.</param>
    internal TraceRow(uint tick, PacketKind kind, bool isFromClient, bool isRepeat = false, int count = 1, long block = 0, bool endsShort = false)
    {
        (Tick, Block) = (tick, new BlockNumber((ushort)block));
        _bits = (ushort)((int)kind | (isFromClient ? FromClient : 0) | (isRepeat ? Repeat : 0) | (endsShort ? EndsShortBit : 0) | (count << CountShift));
    }

    /// <summary>In units of <see cref="Resolution"/>, since the session began when it is over. Begins anew after 11.9 hours.</summary>
    public uint Tick { get; private init; }

    /// <summary>Of DATA: the first block's number. Of an ACK: the one it names.</summary>
    public BlockNumber Block { get; }

    public PacketKind Kind => (PacketKind)(_bits & KindMask);

    /// <summary>Heard; otherwise said.</summary>
    public bool IsFromClient => (_bits & FromClient) != 0;

    /// <summary>Some of it, or all, was sent before.</summary>
    public bool IsRepeat => (_bits & Repeat) != 0;

    /// <summary>Of DATA said: the last block is the file's last one, which is shorter than the others.</summary>
    public bool EndsShort => (_bits & EndsShortBit) != 0;

    /// <summary>Datagrams: 1, or those of a window.</summary>
    public int Count => _bits >> CountShift;

    public TimeSpan At => Tick * Resolution;

    internal TraceRow Since(uint start) => this with { Tick = Tick - start };

    internal static uint TickOf(DateTimeOffset now) => (uint)(now.UtcTicks / TicksPerUnit);
}
