using System.Buffers.Binary;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>Builds captures by hand, octet by octet, in either byte order. Shares nothing with the code that reads or writes them.</summary>
internal sealed class CaptureBytes(bool isBigEndian = false)
{
    public const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D;

    private readonly List<byte> _octets = [];

    public byte[] ToArray() => [.. _octets];

    public MemoryStream ToStream() => new(ToArray(), writable: false);

    public CaptureBytes UInt16(int value)
    {
        Span<byte> octets = stackalloc byte[2];
        if (isBigEndian) BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(octets, (ushort)value);
        _octets.AddRange(octets);
        return this;
    }

    public CaptureBytes UInt32(uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(octets, value);
        _octets.AddRange(octets);
        return this;
    }

    public CaptureBytes Octets(params ReadOnlySpan<byte> octets)
    {
        _octets.AddRange(octets);
        return this;
    }

    public CaptureBytes Pad()
    {
        while (_octets.Count % 4 != 0) _octets.Add(0);
        return this;
    }

    public CaptureBytes PcapHeader(uint magic = Microseconds, int linkType = 1, int major = 2, int minor = 4) =>
        UInt32(magic).UInt16(major).UInt16(minor).UInt32(0).UInt32(0).UInt32(65535).UInt32((uint)linkType);

    public CaptureBytes PcapRecord(uint seconds, uint fraction, ReadOnlySpan<byte> octets, uint? captured = null, uint? original = null) =>
        UInt32(seconds).UInt32(fraction).UInt32(captured ?? (uint)octets.Length).UInt32(original ?? (uint)octets.Length).Octets(octets);

    public CaptureBytes Block(uint type, ReadOnlySpan<byte> body, uint? length = null, uint? trailer = null)
    {
        var whole = (uint)(12 + (body.Length + 3) / 4 * 4);
        return UInt32(type).UInt32(length ?? whole).Octets(body).Pad().UInt32(trailer ?? length ?? whole);
    }

    public CaptureBytes Section(int major = 1, uint magic = 0x1A2B3C4D) =>
        Block(0x0A0D0D0A, Body().UInt32(magic).UInt16(major).UInt16(0).UInt32(uint.MaxValue).UInt32(uint.MaxValue).ToArray());

    public CaptureBytes Interface(int linkType = 1, uint snapLength = 0, params ReadOnlySpan<byte> options) =>
        Block(1, Body().UInt16(linkType).UInt16(0).UInt32(snapLength).Octets(options).ToArray());

    /// <summary>An option list's entry.</summary>
    public byte[] Option(int code, params ReadOnlySpan<byte> value) => Body().UInt16(code).UInt16(value.Length).Octets(value).Pad().ToArray();

    public CaptureBytes Enhanced(uint number, ulong units, ReadOnlySpan<byte> octets, uint? captured = null, uint? original = null) =>
        Block(6, Packet(Body().UInt32(number), units, octets, captured, original));

    public CaptureBytes Obsolete(int number, ulong units, ReadOnlySpan<byte> octets) =>
        Block(2, Packet(Body().UInt16(number).UInt16(7), units, octets, null, null));

    public CaptureBytes Simple(ReadOnlySpan<byte> octets, uint? original = null) =>
        Block(3, Body().UInt32(original ?? (uint)octets.Length).Octets(octets).ToArray());

    private static byte[] Packet(CaptureBytes start, ulong units, ReadOnlySpan<byte> octets, uint? captured, uint? original) =>
        start.UInt32((uint)(units >> 32)).UInt32((uint)units)
            .UInt32(captured ?? (uint)octets.Length).UInt32(original ?? (uint)octets.Length).Octets(octets).ToArray();

    private CaptureBytes Body() => new(isBigEndian);
}
