using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What a session said or heard at one time, in 16 bytes. A window is one row.</summary>
/// <param name="Tick">Since the session began, in units of <see cref="Resolution"/>; the last unit stands for everything later (11.9 hours).</param>
/// <param name="Kind">The packet's.</param>
/// <param name="IsFromClient">Heard; otherwise said.</param>
/// <param name="IsRepeat">Some of it, or all, was sent before.</param>
/// <param name="Count">Datagrams: 1, or those of a window.</param>
/// <param name="Block">Of DATA said: the first block's index without rollover. Of an ACK: its 16-bit number.</param>
/// <param name="LastLength">Of DATA said: bytes of payload in the last block.</param>
public readonly record struct TraceRow(
    uint Tick, PacketKind Kind, bool IsFromClient, bool IsRepeat, ushort Count, uint Block, ushort LastLength)
{
    /// <summary>Bytes in memory, for whoever keeps account.</summary>
    public const int Size = 16;

    public static readonly TimeSpan Resolution = TimeSpan.FromMicroseconds(10);

    public TimeSpan At => Tick * Resolution;

    internal static uint TickOf(TimeSpan sinceStart) => (uint)Math.Clamp(sinceStart.Ticks / Resolution.Ticks, 0, uint.MaxValue);
}
