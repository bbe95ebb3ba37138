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
    public const int Length = 24, ShortRecordLength = 16;

    /// <summary>Modified is Linux' of about 1999: each record tells interface, protocol and direction too, in eight bytes more.</summary>
    private const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D, Modified = 0xA1B2CD34;

    private const int ModifiedExtra = 8;

    /// <summary>Bytes of each record before its packet.</summary>
    public int RecordLength { get; private init; } = ShortRecordLength;

    /// <summary>Of version 2; before 3 the two lengths stood the other way round, at 3 either way.</summary>
    private int Minor { get; init; } = 4;

    // The upper bits of the field tell how long a frame check sequence is; the IP header's length makes that needless.
    private const uint LinkTypeMask = 0x03FF_FFFF;

    public static bool IsMagic(uint bytes) =>
        IsKnown(bytes) || IsKnown(BinaryPrimitives.ReverseEndianness(bytes));

    /// <summary>Where a record should be, another file begins: two captures one after the other.</summary>
    /// <param name="bytes">At least <see cref="ShortRecordLength"/>.</param>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        var magic = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        // Version 2.4 and two fields that nobody uses; in a record these would be a time in 2055 and two lengths of 0.
        return IsMagic(magic) && new ByteOrder(IsKnown(magic)) is var order && order.UInt16(bytes[4..]) == 2 && order.UInt16(bytes[6..]) <= 4
            && bytes[8..16].IndexOfAnyExcept((byte)0) < 0;
    }

    /// <param name="bytes">At least <see cref="Length"/>.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public static string? Parse(ReadOnlySpan<byte> bytes, out PcapHeader header)
    {
        header = default;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (!IsMagic(magic)) return $"a pcap header, found the magic number {magic:X8}";
        var order = new ByteOrder(IsKnown(magic));
        var (major, minor) = (order.UInt16(bytes[4..]), order.UInt16(bytes[6..]));
        if (major != 2 || minor > 4) return $"pcap version 2.0 to 2.4, found {major}.{minor}";
        header = new PcapHeader(
            order, order.UInt32(bytes) == Nanoseconds ? 1 : 1000, (int)(order.UInt32(bytes[20..]) & LinkTypeMask))
        {
            Minor = minor,
            RecordLength = ShortRecordLength + (order.UInt32(bytes) == Modified ? ModifiedExtra : 0),
        };
        return null;
    }

    /// <param name="bytes">At least <see cref="ShortRecordLength"/>.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public string? ParseRecord(ReadOnlySpan<byte> bytes, out CaptureTime time, out int captured, out uint original)
    {
        // 2³² seconds and 2³² µs are within the range of the type, so that no field can lead out of it.
        time = new CaptureTime(
            Order.UInt32(bytes) * CaptureTime.NanosecondsPerSecond + (long)Order.UInt32(bytes[4..]) * NanosecondsPerUnit);
        var length = Order.UInt32(bytes[8..]);
        original = Order.UInt32(bytes[12..]);
        if (Minor < 3 || (Minor == 3 && length > original)) (length, original) = (original, length);
        captured = (int)Math.Min(length, CaptureReader.MaxPacketLength);
        return length <= CaptureReader.MaxPacketLength
            ? null
            : $"a packet of at most {CaptureReader.MaxPacketLength} bytes, found one of {length}";
    }

    private static bool IsKnown(uint magic) => magic is Microseconds or Nanoseconds or Modified;
}
