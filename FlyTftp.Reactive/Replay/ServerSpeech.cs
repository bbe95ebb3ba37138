using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Replay;

/// <summary>One thing that a server says for the first time.</summary>
/// <param name="Index">Of DATA: the block's, without rollover.</param>
/// <param name="Print">Of DATA: its payload's <see cref="PayloadPrint"/>.</param>
internal readonly record struct Utterance(TimeSpan At, Packet Packet, long Index, int Length, ulong Print)
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
    private long _highest;
    private bool _hasOffered, _hasFailed;

    /// <returns>False for a repeat.</returns>
    public bool TryAdd(TimeSpan at, in Packet packet, ReadOnlySpan<byte> datagram, out Utterance utterance)
    {
        utterance = default;
        switch (packet.Kind)
        {
            case PacketKind.Data:
                var index = packet.Block.IndexAtOrBelow(_highest + short.MaxValue);
                if (index <= _highest) return false;
                _highest = index;
                var payload = datagram[PacketReader.DataOffset..];
                utterance = new Utterance(at, packet, index, payload.Length, PayloadPrint.Of(payload));
                return true;
            case PacketKind.OptionAcknowledgment:
                utterance = new Utterance(at, packet, 0, datagram.Length, 0);
                return !_hasOffered && (_hasOffered = true);
            default:
                utterance = new Utterance(at, packet, 0, datagram.Length, 0);
                return !_hasFailed && (_hasFailed = true);
        }
    }
}
