using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A capture read to its end, its packets copied.</summary>
internal sealed record ReadCapture(IReadOnlyList<CapturedPacket> Packets, CaptureFault? Fault, long Offset)
{
    public static ReadCapture From(CaptureBytes capture) => From(capture.ToArray());

    public static ReadCapture From(byte[] bytes) => From(new MemoryStream(bytes, writable: false));

    public static ReadCapture From(Stream stream)
    {
        var reader = CaptureReader.Open(stream);
        var packets = new List<CapturedPacket>();
        while (reader.TryRead(out var packet)) packets.Add(packet with { Bytes = packet.Bytes.ToArray() });
        return new ReadCapture(packets, reader.Fault, reader.Offset);
    }
}
