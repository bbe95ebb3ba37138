using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>snoop, Solaris' format (RFC 1761): a header, then records, all in network order.</summary>
/// <remarks>
/// <code>
///           8          4          4
/// file   | "snoop" 0 | version | link type |
///           4                 4                 4               4       4         4
/// record | original length | captured length | record length | drops | seconds | µs | bytes, padded …
/// </code>
/// </remarks>
internal sealed class SnoopReader(CaptureInput input) : CaptureReader(input)
{
    /// <summary>The first four bytes of its name.</summary>
    public const uint Magic = 0x736E_6F6F;

    private const int HeaderLength = 16, RecordLength = 24;

    /// <summary>Numbers of its own, of which only Ethernet's are read: 0 with 802.3's name, 4 with its own.</summary>
    private const int OwnLinkTypes = 1 << 16;

    private int? _linkType;

    private protected override bool TryReadNext(out CapturedPacket packet)
    {
        packet = default;
        if (_linkType is null && !TryReadHeader()) return false;
        if (!Input.Has(RecordLength)) return !IsAtEnd && FailShort(RecordLength, "a record's header");

        var header = Input.Peek(RecordLength);
        var (original, captured, length) = (Number(header, 0), Number(header, 4), Number(header, 8));
        if (captured > MaxPacketLength) return Fail($"a packet of at most {MaxPacketLength} bytes, found one of {captured}");
        if (length < RecordLength + captured || length > RecordLength + MaxPacketLength + 64) return Fail($"a record of at least {RecordLength + captured} bytes, found one of {length}");
        var time = new CaptureTime(Number(header, 16) * CaptureTime.NanosecondsPerSecond + Number(header, 20) * 1000L);
        if (!Input.Has((int)length)) return FailShort(length, "a record");

        packet = new CapturedPacket(time, HasTime: true, _linkType!.Value, Input.PeekMemory(RecordLength, (int)captured), original) { Offset = Input.Offset + RecordLength };
        Input.Advance((int)length);
        return true;
    }

    private bool TryReadHeader()
    {
        if (!Input.Has(HeaderLength)) return FailShort(HeaderLength, "a snoop header");
        var header = Input.Peek(HeaderLength);
        if (!header[..8].SequenceEqual("snoop\0\0\0"u8)) return Fail("a snoop header, found another");
        if (Number(header, 8) != 2) return Fail($"snoop version 2, found {Number(header, 8)}");
        _linkType = Number(header, 12) is 0 or 4 ? LinkType.Ethernet : OwnLinkTypes + (int)(Number(header, 12) & 0xFFFF);
        Input.Advance(HeaderLength);
        return true;
    }

    private static uint Number(ReadOnlySpan<byte> header, int at) => BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
}
