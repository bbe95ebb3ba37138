namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>Classic pcap: one header, then records; times in µs or ns; either byte order. Another header may follow, as in captures put together.</summary>
internal sealed class PcapReader(CaptureInput input) : CaptureReader(input)
{
    private PcapHeader? _header;

    private protected override bool TryReadNext(out CapturedPacket packet)
    {
        packet = default;
        if (_header is not { } header && !TryReadHeader(out header)) return false;
        if (Input.Has(PcapHeader.ShortRecordLength))
        {
            var begin = Input.Peek(PcapHeader.ShortRecordLength);
            if (PcapngBlock.Begins(begin)) return TryReadOn(new PcapngReader(Input), out packet);
            if (PcapHeader.Begins(begin) && !TryReadHeader(out header)) return false;
        }

        if (!Input.Has(header.RecordLength)) return !IsAtEnd && FailShort(header.RecordLength, "a record's header");

        var flaw = header.ParseRecord(Input.Peek(header.RecordLength), out var time, out var captured, out var original);
        if (flaw is not null) return Fail(flaw);
        var length = header.RecordLength + captured;
        if (!Input.Has(length)) return FailShort(length, "a record");

        packet = new CapturedPacket(time, HasTime: true, header.LinkType, Input.PeekMemory(header.RecordLength, captured), original)
        {
            Offset = Input.Offset + header.RecordLength,
        };
        Input.Advance(length);
        return true;
    }

    private bool TryReadHeader(out PcapHeader header)
    {
        header = default;
        if (!Input.Has(PcapHeader.Length)) return FailShort(PcapHeader.Length, "a pcap header");
        if (PcapHeader.Parse(Input.Peek(PcapHeader.Length), out header) is { } flaw) return Fail(flaw);
        Input.Advance(PcapHeader.Length);
        _header = header;
        return true;
    }
}
