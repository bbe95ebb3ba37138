using System.Buffers.Binary;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// Writes datagrams as a pcapng capture of raw IP with times in ns, which Wireshark and every other tool reads. The stream gets whole
/// blocks only, as many at a time as there are at a flush: whatever kills the process, the file is complete up to the last flush.
/// </summary>
/// <remarks>
/// For one thread. What the disk does is no exception: after a <see cref="Failure"/> nothing is written any more.
/// The stream should have no buffer of its own. It stays the caller's to close, after a flush.
/// </remarks>
internal sealed class PcapngWriter
{
    /// <summary>Bytes that one datagram takes at most.</summary>
    public const int MaxBlockLength = PacketHeaderLength + IPv6HeaderAndMaxLength + Padding + PcapngBlock.TrailerLength;

    /// <summary>Bytes before the first packet.</summary>
    public const int HeaderLength = SectionLength + InterfaceLength;

    private const int SectionLength = 44, InterfaceLength = 32, PacketHeaderLength = 28, Padding = 3;
    private const int IPv6HeaderAndMaxLength = 40 + ushort.MaxValue;
    private const int BufferLength = 2 * MaxBlockLength;
    private const byte NanosecondResolution = 9;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferLength];
    private int _used;

    public PcapngWriter(Stream stream)
    {
        _stream = stream;
        WriteHeader();
    }

    /// <summary>Bytes of the capture so far, those not flushed yet included.</summary>
    public long Length { get; private set; }

    /// <summary>Why the stream takes nothing any more, in the system's words; <c>null</c> while all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>Adds a datagram; one that is larger than UDP can carry is a bug and throws <see cref="ArgumentException"/>.</summary>
    /// <param name="time">The format cannot tell of an instant before 1970: it becomes the first of that year.</param>
    public void Write(CaptureTime time, Endpoint source, Endpoint destination, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > IpWriter.MaxPayload(source, destination))
            throw new ArgumentException($"UDP does not carry {payload.Length} bytes.", nameof(payload));
        var block = Begin();
        End(block, time, IpWriter.WriteUdp(block[PacketHeaderLength..], source, destination, payload));
    }

    /// <summary>Adds a datagram of which only the beginning is at hand, as a capture with a short snapshot length has it.</summary>
    /// <param name="length">Bytes of UDP payload as it was on the wire; not less than <paramref name="payload"/>.</param>
    public void WriteCut(CaptureTime time, Endpoint source, Endpoint destination, ReadOnlySpan<byte> payload, int length)
    {
        if (length == payload.Length)
        {
            Write(time, source, destination, payload);
            return;
        }

        var block = Begin();
        var written = IpWriter.WriteCutUdp(block[PacketHeaderLength..], source, destination, payload, length);
        End(block, time, written, written + length - payload.Length);
    }

    /// <summary>
    /// Adds an ICMP port unreachable, by which <paramref name="source"/> has told <paramref name="destination"/> that nobody listens at
    /// <paramref name="source"/>'s port.
    /// </summary>
    public void WritePortUnreachable(CaptureTime time, Endpoint source, Endpoint destination)
    {
        var block = Begin();
        End(block, time, IpWriter.WritePortUnreachable(block[PacketHeaderLength..], source, destination));
    }

    /// <summary>Hands everything to the stream.</summary>
    public void Flush()
    {
        var used = _used;
        _used = 0;
        if (used == 0 || Failure is not null) return;
        try
        {
            _stream.Write(_buffer.AsSpan(0, used));
            _stream.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception.Message;
        }
    }

    private Span<byte> Begin()
    {
        if (_used + MaxBlockLength > BufferLength) Flush();
        return _buffer.AsSpan(_used, MaxBlockLength);
    }

    private void End(Span<byte> block, CaptureTime time, int packetLength, int? originalLength = null)
    {
        var units = (ulong)Math.Max(0, time.Nanoseconds);
        var padded = packetLength + 3 & ~3;
        var length = PacketHeaderLength + padded + PcapngBlock.TrailerLength;
        BinaryPrimitives.WriteUInt32LittleEndian(block, PcapngBlock.EnhancedPacket);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)(units >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(block[16..], (uint)units);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], packetLength);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], originalLength ?? packetLength);
        block[(PacketHeaderLength + packetLength)..(PacketHeaderLength + padded)].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(block[(length - PcapngBlock.TrailerLength)..], length);
        _used += length;
        Length += length;
    }

    private void WriteHeader()
    {
        var section = _buffer.AsSpan(0, SectionLength);
        WriteFrame(section, PcapngBlock.SectionHeader);
        BinaryPrimitives.WriteUInt32LittleEndian(section[8..], PcapngBlock.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(section[12..], 1);
        // The section's length is not known before its end, and a killed process has none.
        BinaryPrimitives.WriteInt64LittleEndian(section[16..], -1);
        BinaryPrimitives.WriteUInt16LittleEndian(section[24..], 4);
        BinaryPrimitives.WriteUInt16LittleEndian(section[26..], 7);
        "flytftp"u8.CopyTo(section[28..]);

        var description = _buffer.AsSpan(SectionLength, InterfaceLength);
        WriteFrame(description, PcapngBlock.InterfaceDescription);
        BinaryPrimitives.WriteUInt16LittleEndian(description[8..], LinkType.Raw);
        BinaryPrimitives.WriteUInt16LittleEndian(description[16..], PcapngInterface.Resolution);
        BinaryPrimitives.WriteUInt16LittleEndian(description[18..], 1);
        description[20] = NanosecondResolution;
        _used = HeaderLength;
        Length = HeaderLength;
    }

    private static void WriteFrame(Span<byte> block, uint type)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[^4..], block.Length);
    }
}
