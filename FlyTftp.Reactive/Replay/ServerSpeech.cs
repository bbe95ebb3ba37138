using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Replay;

/// <summary>One thing that a server says for the first time.</summary>
/// <param name="Index">Of DATA: the block's, without rollover.</param>
/// <param name="Length">Bytes, of DATA those of the block, as on the wire.</param>
/// <param name="Print">Of DATA: its payload's <see cref="PayloadPrint"/>; <c>null</c>: the capture does not have all of it.</param>
internal readonly record struct Utterance(TimeSpan At, Packet Packet, long Index, int Length, ulong? Print)
{
    public override string ToString() => Packet.Kind == PacketKind.Data
        ? string.Create(CultureInfo.InvariantCulture, $"DATA {Packet.Block} ({Length} bytes)")
        : Packet.ToString();
}

/// <summary>
/// What a server says, without what it repeats: how often and when something is sent again depends on the network and on clocks, what is said does not.
/// </summary>
internal sealed class ServerSpeech
{
    private bool _hasOffered, _hasFailed;

    /// <summary>The last block.</summary>
    public long Highest { get; private set; }

    /// <param name="index">Of DATA.</param>
    /// <param name="length">Of the datagram on the wire.</param>
    /// <returns>False for a repeat.</returns>
    public bool TryAdd(TimeSpan at, in Packet packet, long index, ReadOnlySpan<byte> datagram, int length, out Utterance utterance)
    {
        utterance = default;
        switch (packet.Kind)
        {
            case PacketKind.Data:
                if (index <= Highest) return false;
                Highest = index;
                utterance = new Utterance(
                    at, packet, index, length - PacketReader.DataOffset, datagram.Length < length ? null : PayloadPrint.Of(datagram[PacketReader.DataOffset..]));
                return true;
            case PacketKind.OptionAcknowledgment:
                utterance = new Utterance(at, packet, 0, length, 0);
                return !_hasOffered && (_hasOffered = true);
            default:
                utterance = new Utterance(at, packet, 0, length, 0);
                return !_hasFailed && (_hasFailed = true);
        }
    }
}
