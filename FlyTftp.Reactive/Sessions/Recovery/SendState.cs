using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// Where one transfer stands: what is acknowledged, what is in flight, when to send again and when to give up. No Rx and no clock in it:
/// the operators tell it what happened and when. "Index" is a block's number without rollover; the OACK counts as block 0.
/// </summary>
internal sealed partial class SendState
{
    /// <summary>
    /// Who has acknowledged no DATA gets an emission at most this often again by the timer; who has not answered at all, only within three
    /// times what it has sent. The address may be forged.
    /// </summary>
    internal const int RepeatsBeforeValidation = 1;

    /// <summary>Blocks that go to who has acknowledged none: the largest window, a probe for its end, and its ends again.</summary>
    private const int UnvalidatedBlocks = 64 + 3;

    /// <summary>The detail of a transfer whose next blocks could not be had in time.</summary>
    internal const string DiskSilence = "the disk does not answer";

    /// <summary>A repeated request is answered no more often than this.</summary>
    internal static readonly TimeSpan ReplyInterval = TimeSpan.FromMilliseconds(250);

    private readonly Admission _admission;
    private readonly SessionLimits _limits;
    private readonly Transfer _transfer;
    private readonly RetransmissionTimer _timer;
    private readonly Flight _flight = new();
    private readonly WindowRecovery? _recovery;
    private readonly TimeSpan _patience;

    private Window _window;
    private long _acknowledged;

    // Bytes by which the final block, once it is acknowledged, falls short of the block size.
    private int _shortfall;

    // What was sent last, or is to be sent now: the window, or part of it again; and how much of that had been sent before.
    private Sending _sending;
    private int _repeated;
    private long _retransmissions;

    // Waits in vain since an ACK has moved forward: a gap named again and again must not keep a session alive.
    private int _failures;

    private DateTimeOffset _sentAt;
    private DateTimeOffset _emittedAt;
    private DateTimeOffset _heardAt;
    private DateTimeOffset? _loadingSince;
    private DoubtfulSample? _doubtful;

    public SendState(Admission admission, SessionLimits limits)
    {
        _admission = admission;
        _limits = limits;
        _transfer = new Transfer(admission.Content!, Parameters.BlockSize);
        _timer = new RetransmissionTimer(Parameters.Timeout);
        _recovery = Parameters.WindowSize > 1 ? new WindowRecovery(Parameters.BlockSize, limits.Retries) : null;
        _patience = limits.PatienceFor(Parameters.ClientTimeout);
        _loadingSince = _heardAt = admission.Started;
        var offersOptions = admission.Granted.Count > 0;
        _acknowledged = offersOptions ? -1 : 0;
        _window = offersOptions ? Window.Offer : Window.NothingAfter(0);
    }

    /// <summary><c>null</c> while the transfer runs.</summary>
    public Outcome? Outcome { get; private set; }

    public string? Detail { get; private set; }

    /// <summary>
    /// How long to wait for an ACK, from now that something was sent: until the last of it has left, and then PTO or RTO. Who is not validated gets
    /// no more than <see cref="SessionLimits.Patience"/> in all: a few forged requests a second would keep every session taken.
    /// </summary>
    public TimeSpan Due
    {
        get
        {
            if (Peer.IsWithheld && Peer.HasAcknowledged) return _isAbandoned ? AbandonedRetry : WithheldRetry;
            if (_sending is Sending.Held or Sending.Round) return _sending == Sending.Held ? Proof!.Hold : RoundDue;
            var due = ProbeDue ?? (_timer.Due < RetransmissionTimer.Ceiling ? _timer.Due * Stagger : _timer.Due);
            due = Spread + (_recovery?.Soonest > due ? _recovery.Soonest : due);
            var left = _emittedAt + _limits.Patience - _sentAt;
            return Peer.IsValidated || due < left ? due : left;
        }
    }

    /// <summary>The emission under way is acknowledged, or there is none yet: blocks are to be loaded for the next.</summary>
    public bool NeedsBlocks => Outcome is null && (_isUnloaded || _acknowledged >= _window.Last);

    /// <summary>There is something to be sent now, as soon as there are blocks for it. Otherwise it is to be waited on.</summary>
    public bool HasEmission { get; private set; } = true;

    /// <summary>Something is in flight and may be answered, or be due again.</summary>
    public bool AwaitsAck => Outcome is null && !NeedsBlocks && !HasEmission;

    /// <summary>When a load that is under way has taken too long; <c>null</c>: none is.</summary>
    public DateTimeOffset? LoadsUntil => NeedsBlocks && _loadingSince is { } since ? since + _limits.LoadingMax : null;

    /// <summary>Bytes to load for the next window: offset and count.</summary>
    public (long Offset, int Count) Wanted => (_acknowledged * Parameters.BlockSize, Parameters.WindowSize * Parameters.BlockSize);

    private TransferParameters Parameters => _admission.Parameters;

    private Peer Peer => _admission.Peer;

    // Machines that are switched on together would be sent to again together, into the queue that has just overflowed (RFC 7252 §4.2 does the same).
    private double Stagger => Peer.IsValidated || IsOffer || _window.Count < 2 ? 1
        : 1 + 0.5 * ((uint)(((int)Peer.Flow.Remote.Low * 31 + Peer.Flow.Remote.Port + (int)_retransmissions) * 0x9E3779B1) >> 24) / 256;

    private TimeSpan Spread => _sending is Sending.New or Sending.All ? _flight.Spread : TimeSpan.Zero;

    private bool IsOffer => _acknowledged < 0;

    /// <summary>PTO, while the client may be asked where it stands; <c>null</c>: the next wait is the timer's.</summary>
    private TimeSpan? ProbeDue => IsOffer || _limits.Retries == 0 ? null : _recovery?.ProbeDue(_timer, _flight, Peer.IsValidated);

    /// <summary>
    /// Takes what a load of <see cref="Wanted"/> brought, if it <see cref="NeedsBlocks"/>: the next window. A load that failed ends the
    /// transfer. False: the transfer is over, or its query is to be let go.
    /// </summary>
    public bool Loaded(Content.LoadResult load)
    {
        if (NeedsBlocks && load.Failure is { } failure) return End(Sessions.Outcome.Faulted, failure);
        if (NeedsBlocks) _window = Window.After(_acknowledged, Parameters.WindowSize, Parameters.BlockSize, load.Available);
        _isUnloaded = false;
        return Outcome is null && Peer.HalfOpen is null;
    }

    /// <summary>What is to be sent now: the OACK, or the window that was loaded; or either of them again, or a part.</summary>
    public Emission Emit(DateTimeOffset now)
    {
        if (_sending == Sending.New && PlanNote(now) is { } note) return note;
        if (_sending == Sending.Round) BeginRound(now);
        if (_sending == Sending.New) Begin(now);
        Peer.IsAnswered = HasEmission = false;
        _sentAt = now;
        (Peer.InFlight, Peer.SentAt) = ((_window.First, _window.Last), now);
        // Of what is spread over time the pacer tells.
        if (_flight.Pacing.IsNone || _sending is not (Sending.New or Sending.All)) Peer.NoteSent(_window.Last);
        _retransmissions += _repeated;
        var isRepeat = _repeated > 0;
        var (first, last) = (_window.First, _window.Last);
        return IsOffer ? Emission.OptionAcknowledgment(Peer, _admission.Granted, isRepeat) : _sending switch
        {
            Sending.Probe => Emission.Blocks(Peer, _transfer, last, 1, _window.LastLength, isRepeat),
            Sending.Ends => Emission.Blocks(Peer, _transfer, first, 2, _window.LastLength, isRepeat, step: _window.Count - 1),
            Sending.Round when Proof!.Round.LeavesOneOut => Emission.Blocks(
                Peer, _transfer, first, _window.Count + 1, last + 2 == _planned.Last ? _planned.LastLength : Parameters.BlockSize, isRepeat, leavesOneOut: true),
            _ => Emission.Blocks(Peer, _transfer, first, _window.Count, _window.LastLength, isRepeat, pacing: _flight.Pacing),
        };
    }

    /// <summary>
    /// The wait was in vain. True: <see cref="HasEmission"/> says whether to send again or to wait on in silence. False: that was the end, and
    /// <see cref="Outcome"/> says which.
    /// </summary>
    public bool Expire(DateTimeOffset now)
    {
        // While the disk is waited for, no ACK is: it may have come, and passed for nothing new.
        if (NeedsBlocks) return End(Sessions.Outcome.Faulted, DiskSilence);
        // What is only held back or withheld is no wait for an answer.
        if (_closing is { } packet && !Peer.IsWithheld && _sending != Sending.Held) return !EndBy(packet);
        if (_sending == Sending.Held) return EmitNext(Sending.Round, 0);
        var isPatient = now - _heardAt < (Peer.IsValidated ? _patience : _limits.Patience);
        if (Peer.IsWithheld)
        {
            // Nothing was sent: that is no attempt. Who has not answered has to ask again.
            _retransmissions -= _repeated;
            _emittedAt = now;
            if (!isPatient) return End(Sessions.Outcome.GaveUp, "withheld");
            NoteAbandoned(now);
            return !Peer.HasAcknowledged || EmitNext(_sending, _repeated);
        }

        if (_sending != Sending.Round && ProbeDue is { } probe)
        {
            // At the time of the timer it takes its place (RFC 8985 §7.2).
            if (probe == _timer.Due) _timer.BackOff();
            return Repeat(_flight.IsUnasked ? Sending.Probe : Sending.Ends, isProbe: true);
        }

        var allowed = Peer.IsValidated ? _limits.Retries : Peer.HasAcknowledged || IsRepeatFree ? Math.Min(RepeatsBeforeValidation, _limits.Retries) : 0;
        var isSpent = _failures >= (HasRoom(now) ? _limits.Retries : allowed) || (!Peer.IsValidated && now - _emittedAt >= _limits.Patience);
        if (!isPatient && (isSpent || _sending == Sending.Round))
        {
            // When all was sent, the client most likely has it and only its last ACK was lost.
            return End(_window.IsFinal && Peer.HasAcknowledged ? Sessions.Outcome.Unconfirmed : Sessions.Outcome.GaveUp, null);
        }

        _timer.BackOff();
        if (_sending == Sending.Round) return AskAgain(allowed);
        // Patience with a silent client lets it wait, and never sends more than was allowed: a flash writer needs its time for the first ACK.
        if (isSpent) return true;
        _failures++;
        // A large window is not sent again blindly, and to the unproven none: first what is needed to learn where the client stands.
        var isBlind = _window.Count > 1 && (!Peer.IsFree || (!Peer.IsValidated && _failures > 1) || (_flight is { Repeats: 0, Probes: < 2 } && _window.Count > _recovery?.Burst));
        return Repeat(isBlind ? Sending.Ends : Sending.All, isProbe: false);
    }

    /// <summary>
    /// Judges a packet. True when the transfer goes on by it, or ends: <see cref="NeedsBlocks"/> and <see cref="Outcome"/> say which.
    /// </summary>
    public bool Judge(in Packet packet, DateTimeOffset now) => packet.Kind switch
    {
        PacketKind.Acknowledgment => Acknowledge(packet.Block, now),
        PacketKind.Repeated => IsReplyLost(now) && Repeat(Sending.All, isProbe: false),
        PacketKind.Suspended => Suspend(),
        _ => EndsWith(packet),
    };

    /// <summary>
    /// Judges an ACK. True when it was awaited: it answers what is in flight, or it names a gap after which to resume. Then
    /// <see cref="NeedsBlocks"/> or <see cref="Outcome"/> says how it goes on. False: it says nothing new and is to be ignored.
    /// </summary>
    public bool Acknowledge(BlockNumber block, DateTimeOffset now)
    {
        if (_window.Count == 0) return Revive(block, now);
        if (Peer.IsWithheld && _repeated == 0) return !IsOffer && AcknowledgeWithheld(block, now);
        if (_sending is Sending.Held or Sending.Round) return AcknowledgeRound(block, now);
        var index = block.IndexAtOrBelow(_window.Last);
        if (index < 0 || index < _acknowledged || index > Math.Max(_flight.SentBefore, Peer.HighestSent)) return false;
        if (index == _acknowledged && !IsNewGap(index, now)) return IsAskedByTimer(now) && Repeat(_window.Count > 2 ? Sending.Ends : Sending.All, isProbe: false);

        Learn(index, now);
        return Advance(index, now);
    }

    private bool Advance(long index, DateTimeOffset now)
    {
        if (index > _acknowledged)
        {
            Peer.HasAcknowledged = true;
            Peer.IsValidated |= index > 0;
            Peer.AcknowledgedBytes = index * Parameters.BlockSize;
            _heardAt = now;
            (_closing, Peer.IsClosing) = (null, false);
            _failures = 0;
            _timer.Advance();
        }

        if (index == _window.Last && _window.IsFinal)
        {
            _shortfall = Parameters.BlockSize - _window.LastLength;
            End(Sessions.Outcome.Complete, null);
        }

        // What the ACK leaves open of the window is loaded and sent anew, with further blocks behind it.
        _flight.NoteSent(Peer.HighestSent);
        (_acknowledged, _window, _loadingSince) = (index, Window.NothingAfter(index), now);
        Peer.IsAnswered = true;
        return EmitNext(Sending.New, 0);
    }

    /// <summary>A window is sent for the first time.</summary>
    private void Begin(DateTimeOffset now)
    {
        _flight.Begin(_window, _recovery?.PacingFor(_window.Count) ?? default, now);
        _repeated = _flight.Repeated;
        _emittedAt = now;
        Peer.IsClosing |= _window.IsFinal;
        // The time that the disk took is not the client's silence.
        if (_loadingSince is { } since) _heardAt += now - since;
        _loadingSince = null;
    }

    private bool End(Outcome outcome, string? detail)
    {
        Outcome = outcome;
        Detail = detail;
        return false;
    }

    /// <summary>
    /// The ends of the window may go once more to who has acknowledged no DATA: all that is sent is no more than the window twice, and no more than the
    /// largest that is granted by default needs anyway.
    /// </summary>
    private bool HasRoom(DateTimeOffset now) => _window.Count > 1 && _flight.SentBy(now) + 2 <= Math.Min(2 * _window.Count, UnvalidatedBlocks);

    private bool Repeat(Sending sending, bool isProbe)
    {
        _flight.Repeat(sending, isProbe);
        return EmitNext(sending, _flight.CountOf(sending));
    }

    private bool EmitNext(Sending sending, int repeated)
    {
        (_sending, _repeated) = (sending, repeated);
        return HasEmission = true;
    }
}
