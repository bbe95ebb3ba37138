namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>How a session whose peer has not answered lets go of all but a <see cref="HalfOpen"/>, and goes on from that.</summary>
internal sealed partial class SendState
{
    private const string Changed = "file was changed while it was sent";

    // The file was opened anew, and nothing of it is loaded.
    private bool _isUnloaded;

    private int Mark
    {
        get
        {
            if (!IsOffer) return _admission.Content!.Version;
            var hash = new HashCode();
            foreach (var option in _admission.Granted) hash.Add(option);
            return hash.ToHashCode();
        }
    }

    /// <summary>Goes on from where the session was when its query was let go, if it was; and with the packet that has come since.</summary>
    public SendState From(HalfOpen? halfOpen)
    {
        if (halfOpen is null) return this;
        // What was said of the file holds no more: half of one and half of another would be worse than an ERROR.
        if (halfOpen.Mark != Mark) End(Sessions.Outcome.Faulted, Changed);
        else Resume(halfOpen);
        return this;
    }

    private bool Suspend()
    {
        if (!AwaitsAck || Peer.HasAcknowledged || Peer.IsWithheld) return false;
        Peer.HalfOpen = new HalfOpen(_window, Mark, Parameters.BlockSize, _admission.Started, _emittedAt, _retransmissions, _failures);
        return true;
    }

    private void Resume(HalfOpen halfOpen)
    {
        _window = halfOpen.Reply;
        _flight.Begin(_window, default, halfOpen.EmittedAt);
        // Which of two was answered cannot be known (Karn).
        if (halfOpen.Retransmissions > 0) _flight.Repeat(Sending.All, isProbe: false);
        (_sentAt, _emittedAt, _heardAt) = (Peer.SentAt, halfOpen.EmittedAt, halfOpen.EmittedAt);
        (_retransmissions, _failures, HasEmission) = (halfOpen.Retransmissions, halfOpen.Failures, false);
        (_isUnloaded, _loadingSince) = IsOffer ? (false, (DateTimeOffset?)null) : (true, halfOpen.At);
        if (halfOpen.Packet is { } packet)
        {
            _ = Judge(packet, halfOpen.At);
            return;
        }

        _failures++;
        _timer.BackOff();
        Repeat(Sending.All, isProbe: false);
    }
}
