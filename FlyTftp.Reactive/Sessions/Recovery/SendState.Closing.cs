using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>How a packet ends a session, and what is told of it in the end.</summary>
internal sealed partial class SendState
{
    // What has put the session aside: it ends it when the wait for an ACK is over, unless one comes that goes forward.
    private Packet? _closing;

    /// <summary>
    /// Judges a packet that ends the session. True if it did. Where the transfer has advanced it may be forged by somebody who sees none of it:
    /// then the session is put aside until the retransmission timer, and an ACK that goes forward revives it.
    /// </summary>
    public bool EndsWith(in Packet packet)
    {
        if (packet.Kind is not (PacketKind.Error or PacketKind.Unreachable or PacketKind.Superseded or PacketKind.Evicted)) return false;
        // ICMP quotes the datagram that it is about (RFC 792), which has to be one that was sent.
        if (packet is { Kind: PacketKind.Unreachable, HasQuote: true } && !Peer.Awaits(packet.Block)) return false;
        if (Peer.IsValidated && packet.Kind is (PacketKind.Error or PacketKind.Unreachable))
        {
            (_closing, Peer.IsClosing) = (packet, true);
            return false;
        }

        return EndBy(packet);
    }

    /// <summary>
    /// Judges an ACK that comes while blocks are loaded. Nothing is in flight any more: never true. One that names a later block of what had been
    /// sent before still shows that the client lives.
    /// </summary>
    private bool Revive(BlockNumber block, DateTimeOffset now)
    {
        if (block.IndexAtOrBelow(_flight.SentBefore) > _acknowledged) (_closing, Peer.IsClosing, _heardAt) = (null, false, now);
        return false;
    }

    private bool EndBy(in Packet packet)
    {
        (Outcome, Detail) = packet.Kind switch
        {
            PacketKind.Error when IsOffer && packet.ErrorReport.Code is ErrorCode.NotDefined or ErrorCode.OptionNegotiation =>
                (Sessions.Outcome.Probe, packet.ToString()),
            PacketKind.Error => (Sessions.Outcome.Closed, packet.ToString()),
            PacketKind.Evicted => (Sessions.Outcome.GaveUp, packet.ToString()),
            // A ROM that has its last block may close its port, or ask for the next file, without a last ACK that arrives.
            _ => (_window.IsFinal && Peer.HasAcknowledged ? Sessions.Outcome.Unconfirmed : Sessions.Outcome.Closed, packet.ToString()),
        };
        return true;
    }

    /// <summary>The record of the session.</summary>
    public SessionEnded Summarize(DateTimeOffset now)
    {
        var blocks = Math.Max(0, _acknowledged);
        var bytes = blocks * Parameters.BlockSize - _shortfall;
        return _admission.End(Outcome ?? Sessions.Outcome.Faulted, Detail, now) with
        {
            // Of a large netascii file only its end tells the size.
            Size = _admission.Content!.Length ?? (Outcome == Sessions.Outcome.Complete ? bytes : null),
            Bytes = bytes,
            Blocks = blocks,
            Retransmissions = _retransmissions,
            RoundTrip = _timer.RoundTrip,
        };
    }
}
