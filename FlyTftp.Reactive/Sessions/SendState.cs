using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// Where one transfer stands: what is acknowledged, what is in flight, when to send again and when to give up. No Rx and no clock in it:
/// the operators tell it what happened and when. "Index" is a block's number without rollover; the OACK counts as block 0.
/// </summary>
internal sealed class SendState
{
    /// <summary>An unvalidated peer gets every emission at most this often again (the address may be forged).</summary>
    internal const int RepeatsBeforeValidation = 1;

    private readonly Admission _admission;
    private readonly SessionLimits _limits;
    private readonly Transfer _transfer;
    private readonly RetransmissionTimer _timer;

    private Window _window;
    private long _acknowledged;
    private long _highestSent;
    private long _retransmissions;
    private int _repeats;

    // Bytes by which the final block, once it is acknowledged, falls short of the block size.
    private int _shortfall;

    // Of the last emission, or of the one that is to be sent now: datagrams that had been sent before.
    private int _repeated;

    // That one is the same as the last, because the wait for its ACK was in vain.
    private bool _isAgain;

    // Times, and what the last ones can be trusted for.
    private DateTimeOffset _emittedAt;
    private DateTimeOffset _sentAt;
    private DateTimeOffset _heardAt;
    private TimeSpan _shortestRoundTrip = TimeSpan.MaxValue;
    private bool _isAmbiguous;
    private bool _followsAmbiguity;

    public SendState(Admission admission, SessionLimits limits)
    {
        _admission = admission;
        _limits = limits;
        _transfer = new Transfer(admission.Content!, Parameters.BlockSize);
        _timer = new RetransmissionTimer(Parameters.Timeout);
        _heardAt = admission.Started;
        var offersOptions = admission.Granted.Count > 0;
        _acknowledged = offersOptions ? -1 : 0;
        _window = offersOptions ? new Window(First: 0, Count: 1, LastLength: 0, IsFinal: false) : Window.NothingAfter(0);
    }

    /// <summary>What is in flight.</summary>
    private readonly record struct Window(long First, int Count, int LastLength, bool IsFinal)
    {
        public long Last => First + Count - 1;

        public static Window NothingAfter(long index) => new(index + 1, 0, 0, false);
    }

    /// <summary><c>null</c> while the transfer runs.</summary>
    public Outcome? Outcome { get; private set; }

    public string? Detail { get; private set; }

    /// <summary>
    /// How long to wait for an ACK of what was sent last. Who is not validated gets no more than <see cref="SessionLimits.Patience"/> in all,
    /// whatever <c>timeout</c> was asked: a few forged requests a second would keep every session taken.
    /// </summary>
    public TimeSpan Due
    {
        get
        {
            var left = _emittedAt + _limits.Patience - _sentAt;
            return Peer.IsValidated || _timer.Due < left ? _timer.Due : left;
        }
    }

    /// <summary>The emission under way is acknowledged, or there is none yet: blocks are to be loaded for the next.</summary>
    public bool NeedsBlocks => Outcome is null && _acknowledged >= _window.Last;

    /// <summary>There is something to be sent now, as soon as there are blocks for it. Otherwise it is to be waited on.</summary>
    public bool HasEmission { get; private set; } = true;

    /// <summary>Something is in flight and may be answered, or be due again.</summary>
    public bool AwaitsAck => Outcome is null && !NeedsBlocks && !HasEmission;

    /// <summary>Bytes to load for the next window: offset and count.</summary>
    public (long Offset, int Count) Wanted => (_acknowledged * Parameters.BlockSize, Parameters.WindowSize * Parameters.BlockSize);

    private TransferParameters Parameters => _admission.Parameters;

    private Peer Peer => _admission.Peer;

    private bool IsOffer => _acknowledged < 0;

    /// <summary>
    /// Takes what a load of <see cref="Wanted"/> brought, if it <see cref="NeedsBlocks"/>: the next window. A load that failed ends the
    /// transfer. False: the transfer is over.
    /// </summary>
    public bool Loaded(Content.LoadResult load)
    {
        if (NeedsBlocks) Take(load);
        return Outcome is null;
    }

    /// <summary>What is to be sent now: the OACK, or the window that was loaded; or either of them again.</summary>
    public Emission Emit(DateTimeOffset now)
    {
        if (!_isAgain)
        {
            _repeated = IsOffer ? 0 : (int)Math.Clamp(_highestSent - _window.First + 1, 0, _window.Count);
            _highestSent = Math.Max(_highestSent, _window.Last);
            _emittedAt = now;
        }

        (HasEmission, _isAgain) = (false, false);
        _sentAt = now;
        _isAmbiguous = _repeated > 0;
        _retransmissions += _repeated;
        return IsOffer
            ? Emission.OptionAcknowledgment(Peer, _admission.Granted, isRepeat: _isAmbiguous)
            : Emission.Blocks(Peer, _transfer, _window.First, _window.Count, _window.LastLength, isRepeat: _isAmbiguous);
    }

    /// <summary>
    /// The wait was in vain. True: <see cref="HasEmission"/> says whether to send again or to wait on in silence. False: that was the end, and
    /// <see cref="Outcome"/> says which.
    /// </summary>
    public bool Expire(DateTimeOffset now)
    {
        var isPatient = now - _heardAt < _limits.Patience;
        if (Peer.IsWithheld)
        {
            // Nothing was sent: that is no attempt and no sign of congestion. Backing off would starve the last of a room full of machines.
            _retransmissions -= _repeated;
            _emittedAt = now;
            return isPatient ? EmitAgain(_repeated) : End(Sessions.Outcome.GaveUp, "withheld");
        }

        var allowed = Peer.IsValidated ? _limits.Retries : Math.Min(RepeatsBeforeValidation, _limits.Retries);
        var isSpent = _repeats >= allowed || (!Peer.IsValidated && now - _emittedAt >= _limits.Patience);
        if (isSpent && !(isPatient && Peer.HasAcknowledged))
        {
            // When all was sent, the client most likely has it and only its last ACK was lost.
            return End(_window.IsFinal && Peer.HasAcknowledged ? Sessions.Outcome.Unconfirmed : Sessions.Outcome.GaveUp, null);
        }

        _timer.BackOff();
        // Patience with a silent client lets it wait, and never sends more than was allowed.
        if (isSpent) return true;
        _repeats++;
        return EmitAgain(_window.Count);
    }

    /// <summary>
    /// Judges a packet. True when the transfer goes on by it, or ends: <see cref="NeedsBlocks"/> and <see cref="Outcome"/> say which.
    /// </summary>
    public bool Judge(in Packet packet, DateTimeOffset now) =>
        packet.Kind == PacketKind.Acknowledgment ? Acknowledge(packet.Block, now) : EndsWith(packet);

    /// <summary>
    /// Judges an ACK. True when it was awaited: it answers what is in flight, or it names a gap after which to resume. Then
    /// <see cref="NeedsBlocks"/> or <see cref="Outcome"/> says how it goes on. False: it says nothing new and is to be ignored.
    /// </summary>
    public bool Acknowledge(BlockNumber block, DateTimeOffset now)
    {
        if (_window.Count == 0) return false;
        // Nobody can have got what was withheld: whoever acknowledges it guesses, and must not be validated by that.
        if (Peer.IsWithheld && _repeated == 0) return false;
        var index = block.IndexAtOrBelow(_window.Last);
        if (index < 0 || index < _acknowledged) return false;
        if (index == _acknowledged && !IsNewGap(index, now)) return false;

        if (index == _window.Last && !_isAmbiguous) Measure(now - _sentAt);
        if (index > _acknowledged)
        {
            Peer.HasAcknowledged = true;
            Peer.IsValidated |= index > 0;
            _heardAt = now;
        }

        _followsAmbiguity = _isAmbiguous;
        _acknowledged = index;
        if (index == _window.Last && _window.IsFinal)
        {
            _shortfall = Parameters.BlockSize - _window.LastLength;
            End(Sessions.Outcome.Complete, null);
        }

        // What the ACK leaves open of the window is loaded and sent anew, with further blocks behind it.
        _window = Window.NothingAfter(index);
        (HasEmission, _isAgain) = (true, false);
        return true;
    }

    /// <summary>Judges a packet that ends the session whatever it stands at. True if it did.</summary>
    public bool EndsWith(in Packet packet)
    {
        switch (packet.Kind)
        {
            case PacketKind.Error when IsOffer && packet.ErrorReport.Code is ErrorCode.NotDefined or ErrorCode.OptionNegotiation:
                End(Sessions.Outcome.Probe, packet.ErrorReport.Message);
                return true;
            case PacketKind.Error:
                End(Sessions.Outcome.Closed, packet.ToString());
                return true;
            case PacketKind.Unreachable or PacketKind.Superseded:
                // A ROM that has its last block may close its port, or ask for the next file, without a last ACK that arrives.
                End(_window.IsFinal && Peer.HasAcknowledged ? Sessions.Outcome.Unconfirmed : Sessions.Outcome.Closed, packet.ToString());
                return true;
            default:
                return false;
        }
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

    private void Take(Content.LoadResult load)
    {
        if (load.Failure is { } failure)
        {
            End(Sessions.Outcome.Faulted, failure);
            return;
        }

        // A window that is not full holds the final block, which is the one that is not full, be it empty (RFC 1350 §6).
        var isFinal = load.Available < Wanted.Count;
        _window = isFinal
            ? new Window(_acknowledged + 1, load.Available / Parameters.BlockSize + 1, load.Available % Parameters.BlockSize, true)
            : new Window(_acknowledged + 1, Parameters.WindowSize, Parameters.BlockSize, false);
        _repeats = 0;
    }

    private bool End(Outcome outcome, string? detail)
    {
        Outcome = outcome;
        Detail = detail;
        return false;
    }

    private bool EmitAgain(int repeated)
    {
        _repeated = repeated;
        return HasEmission = _isAgain = true;
    }

    private void Measure(TimeSpan roundTrip)
    {
        _timer.Measure(roundTrip);
        if (roundTrip < _shortestRoundTrip) _shortestRoundTrip = roundTrip;
    }

    /// <summary>
    /// The last ACK once more. In lock-step that is a stray echo, and to answer it would double every block from there on (the
    /// Sorcerer's Apprentice). With a window it also is how a client says that the window's first block is missing (RFC 7440 §4), so it
    /// counts, once, unless it may be an echo: when it is here sooner than anything sent since could be answered, or when blocks were
    /// repeated before, which clients such as EDK2 and U-Boot acknowledge one by one.
    /// </summary>
    private bool IsNewGap(long index, DateTimeOffset now) =>
        Parameters.WindowSize > 1 && index > 0 && !_isAmbiguous && !_followsAmbiguity && now - _sentAt >= _shortestRoundTrip;
}
