using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// pcapng: blocks in any number of sections, each with its own byte order and interfaces. Blocks of unknown types are passed over.
/// </summary>
internal sealed class PcapngReader(CaptureInput input) : CaptureReader(input)
{
    /// <summary>A section with more is not believed. The obsolete packet block cannot number more.</summary>
    public const int MaxInterfaces = 65536;

    private readonly List<PcapngInterface> _interfaces = [];
    private ByteOrder _order;
    private CaptureTime _last;

    private protected override bool TryReadNext(out CapturedPacket packet)
    {
        // A classic capture behind it.
        if (Input.Has(PcapHeader.ShortRecordLength) && PcapHeader.Begins(Input.Peek(PcapHeader.ShortRecordLength))) return TryReadOn(new PcapReader(Input), out packet);
        while (TryReadBlock(out packet, out var isPacket))
        {
            if (isPacket) return true;
        }

        return false;
    }

    private bool TryReadBlock(out CapturedPacket packet, out bool isPacket)
    {
        packet = default;
        isPacket = false;
        if (!Input.Has(PcapngBlock.MinLength)) return !IsAtEnd && FailShort(PcapngBlock.MinLength, "a block's header");
        if (PcapngBlock.Parse(Input.Peek(PcapngBlock.MinLength), ref _order, out var block) is { } flaw) return Fail(flaw);
        if (!block.IsKnown) return TrySkip(block);

        var length = (int)block.Length;
        if (!Input.Has(length)) return FailShort(length, "a block");
        var bytes = Input.Peek(length);
        var body = bytes[PcapngBlock.HeaderLength..^PcapngBlock.TrailerLength];
        if (block.ParseTrailer(bytes[^PcapngBlock.TrailerLength..], _order) is { } torn) return Fail(torn);

        isPacket = block.Type is not (PcapngBlock.SectionHeader or PcapngBlock.InterfaceDescription);
        var isRead = block.Type switch
        {
            PcapngBlock.SectionHeader => TryBeginSection(body),
            PcapngBlock.InterfaceDescription => TryAddInterface(body),
            _ => TryReadPacket(block.Type, body, out packet),
        };
        if (isRead) Input.Advance(length);
        return isRead;
    }

    private bool TryBeginSection(ReadOnlySpan<byte> body)
    {
        _interfaces.Clear();
        return PcapngBlock.ParseSectionHeader(body, _order) is not { } flaw || Fail(flaw);
    }

    private bool TryAddInterface(ReadOnlySpan<byte> body)
    {
        if (_interfaces.Count == MaxInterfaces) return Fail($"at most {MaxInterfaces} interfaces in a section, found another");
        if (PcapngInterface.Parse(body, _order, out var found) is { } flaw) return Fail(flaw);
        _interfaces.Add(found);
        return true;
    }

    private bool TryReadPacket(uint type, ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        packet = default;
        var interfaces = CollectionsMarshal.AsSpan(_interfaces);
        if (PcapngPacket.Parse(type, body, _order, interfaces, out var found) is { } flaw) return Fail(flaw);

        ref readonly var source = ref interfaces[found.Interface];
        // A time that is out of all range is no reason to stop: what the packet holds is not touched by it.
        var isOdd = false;
        if (found.Units is { } units)
        {
            if (source.Timescale.TryConvert(units, out var time)) _last = time;
            else isOdd = true;
        }

        var bytes = Input.PeekMemory(PcapngBlock.HeaderLength + found.DataOffset, found.CapturedLength);
        packet = new CapturedPacket(_last, found.Units is not null && !isOdd, source.LinkType, bytes, found.OriginalLength)
        {
            Offset = Input.Offset + PcapngBlock.HeaderLength + found.DataOffset,
            IsTimeOdd = isOdd,
        };
        return true;
    }

    private bool TrySkip(PcapngBlock block)
    {
        var begin = Input.Offset;
        if (!Input.TrySkip(block.Length - PcapngBlock.TrailerLength) || !Input.Has(PcapngBlock.TrailerLength))
            return FailShort(block.Length, "a block", begin);
        if (block.ParseTrailer(Input.Peek(PcapngBlock.TrailerLength), _order) is { } flaw) return Fail(flaw, begin);
        Input.Advance(PcapngBlock.TrailerLength);
        return true;
    }
}
