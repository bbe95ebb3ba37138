namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>Classic pcap: one header, then records; times in µs or ns; either byte order.</summary>
internal sealed class PcapReader(CaptureInput input) : CaptureReader(input)
{
    private PcapHeader? _header;

    private protected override bool TryReadNext(out CapturedPacket packet)
    {
        packet = default;
        if (_header is not { } header && !TryReadHeader(out header)) return false;
        if (!Input.Has(PcapHeader.RecordLength)) return !IsAtEnd && FailShort(PcapHeader.RecordLength, "a record's header");

        var flaw = header.ParseRecord(Input.Peek(PcapHeader.RecordLength), out var time, out var captured, out var original);
        if (flaw is not null) return Fail(flaw);
        var length = PcapHeader.RecordLength + captured;
        if (!Input.Has(length)) return FailShort(length, "a record");

        packet = new CapturedPacket(time, HasTime: true, header.LinkType, Input.PeekMemory(PcapHeader.RecordLength, captured), original)
        {
            Offset = Input.Offset + PcapHeader.RecordLength,
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
