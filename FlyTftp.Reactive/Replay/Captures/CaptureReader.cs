using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Unpacking;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// Reads the packets of a capture one after the other from a stream that need not be seekable. What memory it takes does not depend on
/// the capture's length. Any bytes at all end in packets and at most one <see cref="Fault"/>; nothing throws.
/// </summary>
internal abstract class CaptureReader
{
    /// <summary>Bytes. A record or block that claims to hold a larger packet is not believed (Wireshark's bound too).</summary>
    public const int MaxPacketLength = 256 * 1024;

    private const int MagicLength = 4;

    private CaptureFault? _fault;

    // Behind a capture of one format stands one of another.
    private CaptureReader? _following;

    private protected CaptureReader(CaptureInput input) => Input = input;

    /// <summary>What ended the reading before the file's end; <c>null</c> as long as all is well.</summary>
    public CaptureFault? Fault => _following?.Fault ?? _fault;

    /// <summary>Bytes read so far, for a progress bar.</summary>
    public long Offset => Input.Offset;

    private protected CaptureInput Input { get; }

    /// <summary>
    /// Recognises the format by its first bytes: classic pcap or pcapng, in either byte order. It stays the caller's stream to close.
    /// If it is neither, the reader has a <see cref="Fault"/> from the beginning.
    /// </summary>
    public static CaptureReader Open(Stream stream)
    {
        var input = new CaptureInput(stream);
        if (!input.Has(MagicLength))
        {
            var found = input.Available == 0 ? "nothing" : $"only {input.Available} bytes";
            return new NoReader(input, $"a pcap or pcapng capture, {input.Failure ?? $"found {found}"}");
        }

        var magic = BinaryPrimitives.ReadUInt32BigEndian(input.Peek(MagicLength));
        if (magic == PcapngBlock.SectionHeader) return new PcapngReader(input);
        if (PcapHeader.IsMagic(magic)) return new PcapReader(input);
        if (magic == SnoopReader.Magic) return new SnoopReader(input);
        return new NoReader(input, Compression.Of(magic) is { } name
            ? $"a pcap or pcapng capture, found one compressed by {name}: unpack it first"
            : $"a pcap or pcapng capture, found the magic number {magic:X8}");
    }

    /// <returns>False at the end of the capture and at its <see cref="Fault"/>, and ever after.</returns>
    public bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        return _following is { } following ? following.TryRead(out packet) : _fault is null && TryReadNext(out packet);
    }

    private protected abstract bool TryReadNext(out CapturedPacket packet);

    private protected bool TryReadOn(CaptureReader following, out CapturedPacket packet)
    {
        _following = following;
        return following.TryRead(out packet);
    }

    /// <param name="begin">Where the record or block begins that is wrong, if that is not where the reading stands.</param>
    private protected bool Fail(string expected, long? begin = null, bool isCutOff = false)
    {
        _fault = new CaptureFault(begin ?? Input.Offset, expected, isCutOff);
        return false;
    }

    /// <summary>To be called when the input has less than was needed, unless it <see cref="IsAtEnd"/>.</summary>
    private protected bool FailShort(long needed, string what, long? begin = null)
    {
        if (Input.Failure is { } failure) return Fail($"{needed} bytes of {what}, but the capture cannot be read: {failure}", begin);
        var found = Input.Offset + Input.Available - (begin ?? Input.Offset);
        return Fail($"{needed} bytes of {what}, but the capture ends after {found}", begin, isCutOff: true);
    }

    /// <summary>The capture ends here, between two records or blocks.</summary>
    private protected bool IsAtEnd => Input is { Available: 0, Failure: null };

    private sealed class NoReader : CaptureReader
    {
        public NoReader(CaptureInput input, string expected)
            : base(input) => Fail(expected);

        private protected override bool TryReadNext(out CapturedPacket packet)
        {
            packet = default;
            return false;
        }
    }
}
