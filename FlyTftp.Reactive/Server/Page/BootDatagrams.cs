using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Page;

/// <summary>One datagram of a recorded boot; the payload of DATA is not kept.</summary>
/// <param name="Length">Bytes of UDP payload as it was on the wire.</param>
internal readonly record struct BootDatagram(DateTimeOffset At, SessionEnded Session, bool IsFromClient, Packet Packet, int Length);

/// <summary>The datagrams of a recorded session, made of its rows again.</summary>
internal static class BootDatagrams
{
    /// <summary>In the order of time. The rows of a window become its blocks.</summary>
    public static IEnumerable<BootDatagram> Of(SessionEnded session)
    {
        if (session.Trace is not { } trace) yield break;
        var buffer = new byte[PacketWriter.MaxControlLength];
        foreach (var row in trace.Rows)
        {
            // Not by the trace's own start, which the loop's clock has told.
            var at = session.Started + row.At;
            if (row.Kind == PacketKind.Data)
            {
                for (var number = 0; number < row.Count; number++)
                {
                    var length = row.EndsShort && number == row.Count - 1 ? trace.ShortLength : trace.BlockSize;
                    yield return new BootDatagram(at, session, false, Packet.OfData(BlockNumber.Of(row.Block.Value + number)), PacketReader.DataOffset + length);
                }
            }
            else if (PacketOf(row, session, trace) is { } packet)
            {
                yield return new BootDatagram(at, session, row.IsFromClient, packet, packet.Kind == PacketKind.Unreachable ? 0 : Write(packet, buffer));
            }
        }
    }

    /// <summary>Writes the packet, of DATA its header.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(in Packet packet, Span<byte> destination) => packet.Kind switch
    {
        PacketKind.Data => PacketWriter.WriteDataHeader(destination, packet.Block),
        PacketKind.Acknowledgment => PacketWriter.WriteAcknowledgment(destination, packet.Block),
        PacketKind.OptionAcknowledgment => PacketWriter.WriteOptionAcknowledgment(destination, packet.Options),
        PacketKind.Error => PacketWriter.WriteError(destination, packet.ErrorReport),
        PacketKind.WriteRequest => PacketWriter.WriteRequest(destination, Opcode.WriteRequest, packet.Request),
        _ => PacketWriter.WriteRequest(destination, Opcode.ReadRequest, packet.Request),
    };

    private static Packet? PacketOf(in TraceRow row, SessionEnded session, SessionTrace trace) => row.Kind switch
    {
        PacketKind.Acknowledgment => Packet.OfAcknowledgment(row.Block),
        PacketKind.OptionAcknowledgment => Packet.OfOptionAcknowledgment(session.Granted),
        PacketKind.ReadRequest => Packet.OfRequest(session.Refusal == Content.RefusalReason.WriteRequest ? PacketKind.WriteRequest : PacketKind.ReadRequest, session.Request),
        PacketKind.Error when trace.ErrorReport is { } report => Packet.OfError(report),
        PacketKind.Unreachable => Packet.Unreachable,
        _ => null,
    };
}
