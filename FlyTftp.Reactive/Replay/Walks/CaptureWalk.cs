using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;

namespace FlyTftp.Reactive.Replay.Walks;

/// <summary>One frame of a capture.</summary>
/// <param name="Packet">That it came in; of a datagram of several fragments, the last.</param>
/// <param name="Payload">Of UDP, as far as it was captured; valid until the next frame.</param>
internal readonly record struct WalkedFrame(UdpFrame Frame, CapturedPacket Packet, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Where its bytes stand in the capture, if in more than one place; valid until the next frame.</summary>
    public IReadOnlyList<FragmentPiece>? Pieces { get; init; }

    /// <summary>By IP; 0: it has none. </summary>
    public uint Identification { get; init; }

    /// <summary>Tells ways apart that packets have come by, such as two interfaces: hop limit and what stood before IP.</summary>
    public uint Way { get; init; }

    /// <summary>Bytes of the payload on the wire.</summary>
    public int Length => Frame.PayloadLength + Frame.MissingLength;

    public bool IsDatagram => Frame.Kind == FrameKind.Udp || (Frame.Kind == FrameKind.Truncated && Frame.Destination.Port != 0);
}

/// <summary>One pass over a capture: its frames, fragments put together, at times that begin with the first and never run backwards.</summary>
internal sealed class CaptureWalk : IDisposable
{
    private const int ProgressMask = 0x3FFF;

    private readonly Stream _stream;
    private readonly CaptureReader _reader;
    private readonly Action<long> _onProgress;
    private readonly CaptureClock _clock = new();
    private readonly Reassembler _reassembler = new();
    private CapturedPacket? _peeked;
    private byte[] _copy = [];
    private long _count;

    public CaptureWalk(CaptureFile capture, Action<long> onProgress)
    {
        _stream = capture.OpenStream();
        _reader = CaptureReader.Open(_stream);
        _onProgress = onProgress;
    }

    public CaptureFault? Fault => _reader.Fault;

    /// <summary>The first packet's time.</summary>
    public DateTimeOffset Start => _clock.Start;

    /// <summary>Of the frame just read, since <see cref="Start"/>.</summary>
    public TimeSpan At => _clock.At;

    /// <summary>Packets whose time was not taken as it was.</summary>
    public long OddTimes => _clock.Odd;

    /// <summary>Fragments of datagrams that were never whole; all of them after the last frame.</summary>
    public long LostFragments => _reassembler.GivenUp;

    public bool TryNext(out WalkedFrame walked)
    {
        walked = default;
        if (!TryRead(out var packet))
        {
            _reassembler.GiveUpAll();
            return false;
        }

        if ((_count++ & ProgressMask) == 0) _onProgress(_reader.Offset);
        var frame = UdpFrame.Parse(packet);
        if (frame.Kind != FrameKind.Fragment)
        {
            var (identification, way) = Marks(packet.Bytes.Span, frame.IpOffset);
            walked = new WalkedFrame(frame, packet, frame.PayloadOf(packet)) { Identification = identification, Way = way };
            return true;
        }

        var whole = frame.Fragment!.Ip.Identification;
        walked = _reassembler.TryAdd(packet, At, ref frame)
            ? new WalkedFrame(frame, packet, _reassembler.Bytes.Slice(frame.PayloadOffset, frame.PayloadLength)) { Pieces = _reassembler.Pieces, Identification = whole }
            : new WalkedFrame(frame, packet, default);
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private bool TryRead(out CapturedPacket packet)
    {
        if (_peeked is { } peeked) (packet, _peeked) = (peeked, null);
        else if (!_reader.TryRead(out packet)) return false;
        CaptureTime? next = null;
        if (_clock.IsDoubtful(packet.Time))
        {
            // The reader uses its buffer again.
            if (_copy.Length < packet.Bytes.Length) _copy = new byte[Math.Max(2048, packet.Bytes.Length)];
            packet.Bytes.CopyTo(_copy);
            packet = packet with { Bytes = _copy.AsMemory(0, packet.Bytes.Length) };
            if (_reader.TryRead(out var following)) (_peeked, next) = (following, following.Time);
        }

        _clock.Advance(packet, next);
        return true;
    }

    private static (uint Identification, uint Way) Marks(ReadOnlySpan<byte> bytes, int ipOffset)
    {
        if (bytes.Length < ipOffset + 20) return default;
        var isIPv4 = bytes[ipOffset] >> 4 == 4;
        var way = 0u;
        foreach (var value in bytes[..Math.Min(ipOffset, 32)]) way = way * 31 + value;
        return (isIPv4 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(ipOffset + 4)..]) : 0u, way * 31 + bytes[ipOffset + (isIPv4 ? 8 : 7)]);
    }
}
