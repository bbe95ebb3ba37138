using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// The beginning of a classic capture (draft-ietf-opsawg-pcap §4), and that of each of its records (§5).
/// </summary>
/// <remarks>
/// <code>
///           4        2       2        8         4           4
/// file   | magic | major | minor | obsolete | snaplen | link type |
///           4                4              4                 4
/// record | seconds | µs or ns by the magic | captured length | original length | bytes …
/// </code>
/// </remarks>
internal readonly record struct PcapHeader(ByteOrder Order, int NanosecondsPerUnit, int LinkType)
{
    public const int Length = 24, RecordLength = 16;

    private const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D;

    // The upper bits of the field tell how long a frame check sequence is; the IP header's length makes that needless.
    private const uint LinkTypeMask = 0x03FF_FFFF;

    public static bool IsMagic(uint bytes) =>
        bytes is Microseconds or Nanoseconds || BinaryPrimitives.ReverseEndianness(bytes) is Microseconds or Nanoseconds;

    /// <param name="bytes">At least <see cref="Length"/>.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public static string? Parse(ReadOnlySpan<byte> bytes, out PcapHeader header)
    {
        header = default;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (!IsMagic(magic)) return $"a pcap header, found the magic number {magic:X8}";
        var order = new ByteOrder(magic is Microseconds or Nanoseconds);
        var (major, minor) = (order.UInt16(bytes[4..]), order.UInt16(bytes[6..]));
        if ((major, minor) != (2, 4)) return $"pcap version 2.4, found {major}.{minor}";
        header = new PcapHeader(
            order, order.UInt32(bytes) == Nanoseconds ? 1 : 1000, (int)(order.UInt32(bytes[20..]) & LinkTypeMask));
        return null;
    }

    /// <param name="bytes">At least <see cref="RecordLength"/>.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public string? ParseRecord(ReadOnlySpan<byte> bytes, out CaptureTime time, out int captured, out uint original)
    {
        // 2³² seconds and 2³² µs are within the range of the type, so that no field can lead out of it.
        time = new CaptureTime(
            Order.UInt32(bytes) * CaptureTime.NanosecondsPerSecond + (long)Order.UInt32(bytes[4..]) * NanosecondsPerUnit);
        original = Order.UInt32(bytes[12..]);
        var length = Order.UInt32(bytes[8..]);
        captured = (int)Math.Min(length, CaptureReader.MaxPacketLength);
        return length <= CaptureReader.MaxPacketLength
            ? null
            : $"a packet of at most {CaptureReader.MaxPacketLength} bytes, found one of {length}";
    }
}
