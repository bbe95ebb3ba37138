namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>The three blocks that hold a packet (draft-ietf-opsawg-pcapng §4.3, §4.4, appendix A).</summary>
/// <remarks>
/// <code>
///              4             4            4           4                 4
/// enhanced  | interface   | time, high | time, low | captured length | original length | bytes … | options
///              2   2         4            4           4                 4
/// obsolete  | interface, drops | time, high | time, low | captured length | original length | bytes … | options
///              4
/// simple    | original length | bytes …                       of interface 0, cut off at its snaplen; no time
/// </code>
/// </remarks>
/// <param name="Units">The time in the interface's units; <c>null</c> where the block has none.</param>
/// <param name="DataOffset">Bytes of the body before the packet's.</param>
internal readonly record struct PcapngPacket(int Interface, ulong? Units, int DataOffset, int CapturedLength, uint OriginalLength)
{
    private const int Header = 20, SimpleHeader = 4;

    /// <param name="body">Of a block of type <paramref name="type"/>, one of the three.</param>
    /// <param name="interfaces">Those of the section, by their number.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public static string? Parse(
        uint type, ReadOnlySpan<byte> body, ByteOrder order, ReadOnlySpan<PcapngInterface> interfaces, out PcapngPacket packet)
    {
        packet = default;
        var offset = type == PcapngBlock.SimplePacket ? SimpleHeader : Header;
        if (body.Length < offset) return $"a packet block with a body of at least {offset} bytes, found {body.Length}";

        var number = type switch
        {
            PcapngBlock.EnhancedPacket => order.UInt32(body),
            PcapngBlock.ObsoletePacket => order.UInt16(body),
            _ => 0u,
        };
        if (number >= interfaces.Length) return $"a packet of one of the section's {interfaces.Length} interfaces, found one of number {number}";

        var original = order.UInt32(body[(offset - 4)..]);
        var captured = type == PcapngBlock.SimplePacket
            ? interfaces[0].SnapLength is > 0 and var limit ? Math.Min(original, limit) : original
            : order.UInt32(body[(offset - 8)..]);
        if (captured > CaptureReader.MaxPacketLength)
            return $"a packet of at most {CaptureReader.MaxPacketLength} bytes, found one of {captured}";
        if (captured > body.Length - offset) return $"a packet of at most its block's {body.Length - offset} bytes, found one of {captured}";

        ulong? units = type == PcapngBlock.SimplePacket ? null : (ulong)order.UInt32(body[4..]) << 32 | order.UInt32(body[8..]);
        packet = new PcapngPacket((int)number, units, offset, (int)captured, original);
        return null;
    }
}
