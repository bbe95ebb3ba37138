namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>One packet of a capture.</summary>
/// <param name="HasTime">
/// False for pcapng's Simple Packet Block, which records none: <paramref name="Time"/> is then that of the packet before.
/// </param>
/// <param name="LinkType">What <paramref name="Bytes"/> begins with, in the numbers of <see cref="Captures.LinkType"/>.</param>
/// <param name="Bytes">What was captured of it; <b>valid only until the next read</b>, the reader uses its buffer again.</param>
/// <param name="OriginalLength">Bytes it had on the wire: more than were captured when the capture was told to cut packets off.</param>
internal readonly record struct CapturedPacket(
    CaptureTime Time, bool HasTime, int LinkType, ReadOnlyMemory<byte> Bytes, uint OriginalLength)
{
    /// <summary>The capture has a time for it that no clock shows: <see cref="Time"/> is that of the packet before.</summary>
    public bool IsTimeOdd { get; init; }

    /// <summary>Bytes of the capture before <see cref="Bytes"/>: where they can be read again.</summary>
    public long Offset { get; init; }
}
