using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>What made the server speak.</summary>
internal enum Cause : byte
{
    Timer,
    Arrival,
    Load,
}

/// <summary>
/// One session seen from outside, by its datagrams alone: what it may send, how often and when. Each method that judges says what is
/// wrong, or <c>null</c>. "Index" is a block's number without rollover; the OACK counts as block 0.
/// </summary>
internal sealed class SessionWatch(Request request, SessionLimits limits, DateTimeOffset opened)
{
    /// <summary>The reply to each request, and one repeat by the timer.</summary>
    private int SendsToUnvalidated => Requests + 1;

    // What had been sent before, the places at which one may be left out, and the one behind that.
    private const int RoundBlocksMax = ChallengeRound.PlacesMax + ChallengeRound.WholeMax + 1;

    // In a row that no ACK has answered.
    private const int SilentRoundsMax = 40;

    // So many wrong answers and more may refute a peer that was right in none.
    private const int DisprovingRounds = 5;

    private int _rounds, _silentRounds;
    private bool _isRound;
    private bool _isWithheld;
    private RetransmissionModel _timer = new(null);
    private int _windowSize = 1;
    private long _acknowledged = -1;

    // The window in flight: its first block, the highest that has gone out and the one that went out last. Of the highest: how often, when for the
    // first time, and whether that was in this window.
    private long _first, _last = -1, _cursor;
    private int _lastSends;
    private DateTimeOffset _lastSentAt = opened;
    private bool _isLastFresh = true, _isWhole = true;

    private long _highestSent;
    private int _offers, _blocks, _askedFor, _atOnce, _resumed;
    private bool _isProgress, _hasDelivered, _asksByTimer;
    private (TimeSpan RoundTrip, TimeSpan Apart, DateTimeOffset At)? _doubtful;
    private DateTimeOffset _beganAt = opened, _sentAt = opened, _heardAt = opened, _withheldAt = opened, _loadedAt = opened;
    private DateTimeOffset? _firstHeard;

    /// <summary>Known from its first emission on.</summary>
    public Peer? Peer { get; set; }

    public bool IsOver { get; set; }

    public bool HasAcknowledged { get; private set; }

    /// <summary>An ACK of a DATA block that was sent has arrived.</summary>
    public bool IsValidated { get; private set; }

    public long RequestBytes { get; set; }

    /// <summary>How often it was asked for.</summary>
    public int Requests { get; set; } = 1;

    /// <summary>The pipeline takes it for a peer that receives what is sent to it.</summary>
    public bool IsProven { get; set; }

    /// <summary>It has been challenged as often as doubts may be, and has not passed.</summary>
    public bool IsDisproven => !IsProven && _rounds > DisprovingRounds;

    /// <summary>What has just come is a request.</summary>
    public bool IsAskedAgain { get; set; }

    /// <summary>An ERROR, another request or ICMP has come since the last ACK that went forward.</summary>
    public bool MayClose { get; set; }

    public long SentUnproven { get; private set; }

    public Request Request => request;

    // What has just come asks for something again.
    private bool IsAsked => IsAskedAgain || _asksByTimer;

    private bool HasWindows => _windowSize > 1;

    /// <summary>To be told before the pipeline is.</summary>
    public void Acknowledge(BlockNumber block, DateTimeOffset now)
    {
        // A window that is sent anew may not have come so far yet as the one before it.
        var index = block.IndexAtOrBelow(Math.Max(_last, _highestSent));
        _isProgress = _last >= 0 && index > _acknowledged;
        _asksByTimer = false;
        if (!_isProgress)
        {
            // Both copies of a block have arrived: the round trip is that of the first.
            if (index != _acknowledged || _last == _acknowledged) return;
            // All of the first window was lost: the client says so by its own timer, and gets two blocks of it.
            _asksByTimer = HasWindows && !IsValidated && index == 0 && now - _sentAt >= WindowRecovery.ClientTimer;
            if (_asksByTimer) _askedFor += 2;
            if (_doubtful is { } sample && (now - sample.At - sample.Apart).Duration() <= sample.Apart / 4) _timer.Measure(sample.RoundTrip);
            _doubtful = null;
            return;
        }

        _doubtful = null;
        if (index == _last && _isLastFresh && _isWhole)
        {
            if (_lastSends == 1) _timer.Measure(now - _lastSentAt);
            else _doubtful = (now - _lastSentAt, _sentAt - _lastSentAt, now);
        }

        _hasDelivered |= index > 0;
        _silentRounds = 0;
        _timer.Advance();
        (HasAcknowledged, IsValidated) = (true, IsValidated || index > 0);
        _firstHeard ??= now;
        (_acknowledged, _heardAt, _resumed, MayClose) = (index, now, 0, false);
    }

    public string? Judge(in Emission emission, Cause cause, DateTimeOffset now)
    {
        if (IsOver) return "sent after its end";
        if (!IsProven) SentUnproven += emission.Length;
        return emission.Kind switch
        {
            EmissionKind.Error => null,
            EmissionKind.OptionAcknowledgment => JudgeOffer(emission, cause, now),
            _ => JudgeBlocks(emission, cause, now),
        };
    }

    /// <summary>It holds blocks back, to see whether the client waits for them.</summary>
    public void Challenge()
    {
        _rounds++;
        _silentRounds++;
        _isRound = true;
        _timer.LoseTrackForGood();
    }

    /// <summary>It would have sent, and was not allowed to.</summary>
    public void Withhold(DateTimeOffset now)
    {
        (_sentAt, _withheldAt, _isWithheld) = (now, now, true);
        _timer.LoseTrackForGood();
    }

    public string? JudgeEnd(SessionEnded end, Cause cause, DateTimeOffset now)
    {
        if (IsOver) return "ended twice";
        IsOver = true;
        if (end.Outcome == Outcome.Faulted && end.Detail is not (Referee.DiskFailure or SendState.DiskSilence)) return $"failed: {end.Detail}";
        if (end.Outcome == Outcome.Complete && _acknowledged != _highestSent) return "calls itself complete before its last block is acknowledged";
        // A disk is given its time whatever the client says meanwhile.
        if (end.Detail == SendState.DiskSilence) return null;
        if (cause == Cause.Timer && HasAcknowledged && !MayClose && !IsDisproven && now - _heardAt < limits.Patience)
            return $"gave up after {(now - _heardAt).TotalSeconds} s of silence";
        return null;
    }

    private string? JudgeOffer(in Emission emission, Cause cause, DateTimeOffset now)
    {
        if (_offers == 0)
        {
            _timer = new RetransmissionModel(GrantCheck.Value(emission.Options, OptionSet.Timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
            _windowSize = GrantCheck.Value(emission.Options, OptionSet.WindowSize) ?? 1;
            _lastSentAt = now;
        }

        if (++_offers > SendsToUnvalidated) return "sent its OACK more often than it was asked, and once by its timer";
        if (HasAcknowledged) return "sent its OACK though that was acknowledged";
        var problem = JudgeRepeat(_offers > 1, cause, now);
        (_first, _last, _lastSends, _sentAt) = (0, 0, _offers, now);
        _timer.Arm();
        return problem;
    }

    private string? JudgeBlocks(in Emission emission, Cause cause, DateTimeOffset now)
    {
        // Without an OACK nothing has been acknowledged, and block 1 comes first all the same.
        if (_last < 0) _acknowledged = 0;
        var (first, last) = (emission.FirstBlock, emission.FirstBlock + (emission.BlockCount - 1) * (long)emission.Step);
        // While the disk was asked, ACKs may have come that the server has not looked at.
        if (cause == Cause.Load && first >= _first && first <= _acknowledged)
        {
            _acknowledged = first - 1;
            _heardAt = _firstHeard ?? _heardAt;
            _timer.LoseTrackForGood();
        }

        if (last > _acknowledged + _windowSize) return $"sent block {last}, beyond a window of {_windowSize} after {_acknowledged}";
        // However long the disk took: the client has not kept anybody waiting.
        if (cause == Cause.Load) _loadedAt = now;
        if (_isRound) return JudgeRound(emission, now);
        if (now - _heardAt > Silence && now - _withheldAt > Silence && now - _loadedAt > Silence) return $"still sends after {(now - _heardAt).TotalSeconds} s without a new ACK";
        var isNew = _last <= 0 || (cause != Cause.Timer && !IsAsked) || _last <= _acknowledged;
        _atOnce = emission.BlockCount + (!isNew && now == _sentAt ? _atOnce : 0);
        if (!_hasDelivered && _atOnce > PathEstimate.InitialDatagrams && _timer.ShortestRoundTrip > PathEstimate.PacedFrom)
            return $"sent {_atOnce} blocks at once on a path that it does not know";
        var isContinued = !isNew && emission.Step == 1 && first == _cursor + 1 && first > _acknowledged + 1;
        var problem = isContinued ? null : JudgeOrder(emission, isNew, first, last, cause, now);
        if (last > _highestSent) (_lastSends, _lastSentAt, _isLastFresh) = (0, now, true);
        if (last >= _last || last > _highestSent) _lastSends++;
        (_last, _cursor, _sentAt) = (Math.Max(_last, last), last, now);
        _highestSent = Math.Max(_highestSent, last);
        _isWhole = _last - _first + 1 >= _windowSize || emission.LastLength < emission.Transfer.BlockSize;
        _firstHeard = null;
        _isProgress = _isWithheld = false;
        if (!isContinued) _timer.Arm();
        return problem ?? JudgeAmount(emission.BlockCount);
    }

    /// <summary>A round of a challenge: a few blocks after what is acknowledged, and no more rounds than can be doubted.</summary>
    private string? JudgeRound(in Emission emission, DateTimeOffset now)
    {
        if (emission.BlockCount > RoundBlocksMax) return $"challenged with {emission.BlockCount} blocks";
        // An ACK that comes while blocks are loaded is not heard: then the round repeats what was sent before.
        if (emission.FirstBlock > _acknowledged + 1 || (emission.FirstBlock <= _acknowledged && emission.FirstBlock > _highestSent)) return $"challenged with block {emission.FirstBlock} when {_acknowledged} was acknowledged";
        if (_silentRounds > SilentRoundsMax) return $"challenged {_silentRounds} times without an answer";
        _isRound = false;
        (_first, _last, _cursor) = (emission.FirstBlock, emission.LeavesOneOut ? emission.LastBlock - 2 : emission.LastBlock, emission.LastBlock);
        (_highestSent, _sentAt, _beganAt, _isLastFresh, _isProgress) = (Math.Max(_highestSent, emission.LastBlock), now, now, false, false);
        return null;
    }

    /// <summary>What is sent, if it does not continue a window, is its beginning, or its last block again.</summary>
    private string? JudgeOrder(in Emission emission, bool isNew, long first, long last, Cause cause, DateTimeOffset now)
    {
        var isFirstWindow = _last <= 0;
        if (!isNew && HasWindows && first == last && last == _last && first != _acknowledged + 1) return JudgeRepeat(true, cause, now);
        if (first != _acknowledged + 1) return $"sent block {first} when {_acknowledged} was acknowledged";
        if (emission.Step > 1 && last != _last) return $"sent block {last} behind {first}, and it is not the window's last";
        var problem = cause == Cause.Arrival && !_isProgress && !IsAsked && !_isWithheld && _last >= 0 && !isFirstWindow ? JudgeResumption(now) : JudgeRepeat(last <= _highestSent, cause, now);
        if (isNew) (_first, _last, _beganAt, _isLastFresh) = (first, first - 1, now, last > _highestSent);
        return problem;
    }

    private string? JudgeAmount(int blocks)
    {
        if (IsValidated) return null;
        _blocks += blocks;
        return _blocks > SendsToUnvalidated * (_last - _first + 1) + _askedFor ? "sent more than one window and its repeat to a peer that is not validated" : null;
    }

    // With windows an ACK that names a gap again begins the waits for a probe and for the timer anew, as often as the timer may send.
    private TimeSpan Silence
    {
        get
        {
            var waits = (HasWindows ? 4 : 1) * limits.Retries * _timer.Longest;
            return (limits.Patience > waits ? limits.Patience : waits) + 2 * _timer.Longest;
        }
    }

    /// <summary>
    /// The Sorcerer's Apprentice (RFC 1123 §4.2.3.1): what says nothing new is not answered; with windows, once a round trip, as it may name a gap.
    /// </summary>
    private string? JudgeResumption(DateTimeOffset now) =>
        !HasWindows ? "answered an ACK that says nothing new"
        : ++_resumed > limits.Retries ? $"resumed {_resumed} times after the same ACK of block {_acknowledged}"
        : !(now - _beganAt >= _timer.ShortestRoundTrip) ? $"resumed after {(now - _beganAt).TotalSeconds:F4} s, sooner than anything can be answered"
        : null;

    private string? JudgeRepeat(bool isRepeat, Cause cause, DateTimeOffset now)
    {
        if (!isRepeat || cause != Cause.Timer) return null;
        var waited = now - _sentAt;
        var isDue = HasWindows && _last > 0 ? !_timer.IsTooSoon(waited) : _timer.IsDue(waited);
        var problem = isDue ? null : $"sent again after {waited.TotalSeconds:F4} s, due after {_timer}";
        _timer.BackOff();
        return problem;
    }
}
