using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Server.Live;

namespace FlyTftp.Reactive.Server.Page;

/// <summary>A recorded boot as a pcapng file that <c>flytftp replay --root DIR</c> runs: every datagram with its length, DATA without its payload.</summary>
internal static class BootCapture
{
    /// <summary>Bytes; what comes later is left out.</summary>
    public const int BytesMax = 4 << 20;

    public static byte[] Write(BootRecord record)
    {
        using var file = new MemoryStream();
        var capture = new PcapngWriter(file);
        var buffer = new byte[PacketWriter.MaxControlLength];
        foreach (var datagram in record.Sessions.SelectMany(BootDatagrams.Of).OrderBy(static datagram => datagram.At))
        {
            if (capture.Length > BytesMax) break;
            var flow = datagram.Session.Flow;
            var (source, destination) = datagram.IsFromClient ? (flow.Remote, flow.Local) : (flow.Local, flow.Remote);
            var time = CaptureTime.From(datagram.At);
            if (datagram.Packet.Kind == PacketKind.Unreachable) capture.WritePortUnreachable(time, source, destination);
            else capture.WriteCut(time, source, destination, buffer.AsSpan(0, BootDatagrams.Write(datagram.Packet, buffer)), datagram.Length);
        }

        capture.Flush();
        return file.ToArray();
    }
}
