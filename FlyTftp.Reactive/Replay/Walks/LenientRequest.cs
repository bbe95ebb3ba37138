using System.Text;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Replay.Walks;

/// <summary>Requests that this server passes over in silence, and that another may have answered: what can be told of them.</summary>
internal static class LenientRequest
{
    /// <param name="datagram">That <see cref="PacketReader"/> found malformed.</param>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out Packet packet)
    {
        packet = default;
        if (datagram.Length < 3 || datagram[0] != 0 || datagram[1] is not ((byte)Opcode.ReadRequest or (byte)Opcode.WriteRequest)) return false;
        var rest = datagram[2..];
        var name = Text(ref rest, Request.MaxFileNameLength);
        var mode = Text(ref rest, 16);
        var kind = datagram[1] == (byte)Opcode.ReadRequest ? PacketKind.ReadRequest : PacketKind.WriteRequest;
        packet = Packet.OfRequest(kind, new Request(name, mode, OptionSet.Empty));
        return true;
    }

    private static string Text(ref ReadOnlySpan<byte> rest, int most)
    {
        var end = rest.IndexOf((byte)0);
        var text = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return Encoding.UTF8.GetString(text[..Math.Min(text.Length, most)]);
    }
}
