using System.Buffers.Binary;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>Builds captures by hand, byte by byte, in either byte order. Shares nothing with the code that reads or writes them.</summary>
internal sealed class CaptureBytes(bool isBigEndian = false)
{
    public const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D;

    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public MemoryStream ToStream() => new(ToArray(), writable: false);

    public CaptureBytes UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (isBigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        _bytes.AddRange(bytes);
        return this;
    }

    public CaptureBytes UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public CaptureBytes Bytes(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public CaptureBytes Pad()
    {
        while (_bytes.Count % 4 != 0) _bytes.Add(0);
        return this;
    }

    public CaptureBytes PcapHeader(uint magic = Microseconds, int linkType = 1, int major = 2, int minor = 4) =>
        UInt32(magic).UInt16(major).UInt16(minor).UInt32(0).UInt32(0).UInt32(65535).UInt32((uint)linkType);

    public CaptureBytes PcapRecord(uint seconds, uint fraction, ReadOnlySpan<byte> bytes, uint? captured = null, uint? original = null) =>
        UInt32(seconds).UInt32(fraction).UInt32(captured ?? (uint)bytes.Length).UInt32(original ?? (uint)bytes.Length).Bytes(bytes);

    public CaptureBytes Block(uint type, ReadOnlySpan<byte> body, uint? length = null, uint? trailer = null)
    {
        var whole = (uint)(12 + (body.Length + 3) / 4 * 4);
        return UInt32(type).UInt32(length ?? whole).Bytes(body).Pad().UInt32(trailer ?? length ?? whole);
    }

    public CaptureBytes Section(int major = 1, uint magic = 0x1A2B3C4D) =>
        Block(0x0A0D0D0A, Body().UInt32(magic).UInt16(major).UInt16(0).UInt32(uint.MaxValue).UInt32(uint.MaxValue).ToArray());

    public CaptureBytes Interface(int linkType = 1, uint snapLength = 0, params ReadOnlySpan<byte> options) =>
        Block(1, Body().UInt16(linkType).UInt16(0).UInt32(snapLength).Bytes(options).ToArray());

    /// <summary>An option list's entry.</summary>
    public byte[] Option(int code, params ReadOnlySpan<byte> value) => Body().UInt16(code).UInt16(value.Length).Bytes(value).Pad().ToArray();

    public CaptureBytes Enhanced(uint number, ulong units, ReadOnlySpan<byte> bytes, uint? captured = null, uint? original = null) =>
        Block(6, Packet(Body().UInt32(number), units, bytes, captured, original));

    public CaptureBytes Obsolete(int number, ulong units, ReadOnlySpan<byte> bytes) =>
        Block(2, Packet(Body().UInt16(number).UInt16(7), units, bytes, null, null));

    public CaptureBytes Simple(ReadOnlySpan<byte> bytes, uint? original = null) =>
        Block(3, Body().UInt32(original ?? (uint)bytes.Length).Bytes(bytes).ToArray());

    private static byte[] Packet(CaptureBytes start, ulong units, ReadOnlySpan<byte> bytes, uint? captured, uint? original) =>
        start.UInt32((uint)(units >> 32)).UInt32((uint)units)
            .UInt32(captured ?? (uint)bytes.Length).UInt32(original ?? (uint)bytes.Length).Bytes(bytes).ToArray();

    private CaptureBytes Body() => new(isBigEndian);
}
