using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

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
    /// <summary>The reply and its one repeat.</summary>
    private const int SendsToUnvalidated = 2;

    private RetransmissionModel _timer = new(null);
    private long _acknowledged = -1;
    private long _first, _last = -1;
    private long _highestSent;
    private int _offers, _windows, _resumed;
    private bool _isRepeated, _isProgress;
    private DateTimeOffset _sentAt = opened, _heardAt = opened, _withheldAt = opened, _loadedAt = opened;
    private DateTimeOffset? _firstHeard;

    /// <summary>Known from its first emission on.</summary>
    public Peer? Peer { get; set; }

    public bool IsOver { get; private set; }

    public bool HasAcknowledged { get; private set; }

    /// <summary>An ACK of a DATA block that was sent has arrived.</summary>
    public bool IsValidated { get; private set; }

    public long ReceivedBytes { get; set; }

    public long SentUnvalidated { get; private set; }

    public Request Request => request;

    /// <summary>To be told before the pipeline is.</summary>
    public void Acknowledge(BlockNumber block, DateTimeOffset now)
    {
        var index = block.IndexAtOrBelow(_last);
        _isProgress = _last >= 0 && index > _acknowledged;
        if (!_isProgress) return;

        if (index == _last && !_isRepeated) _timer.Measure(now - _sentAt);
        else if (!IsValidated) _timer.LoseTrack();
        (HasAcknowledged, IsValidated) = (true, IsValidated || index > 0);
        _firstHeard ??= now;
        (_acknowledged, _heardAt, _resumed) = (index, now, 0);
    }

    public string? Judge(in Emission emission, Cause cause, DateTimeOffset now)
    {
        if (IsOver) return "sent after its end";
        if (!IsValidated) SentUnvalidated += emission.Length;
        return emission.Kind switch
        {
            EmissionKind.Error => null,
            EmissionKind.OptionAcknowledgment => JudgeOffer(emission, cause, now),
            _ => JudgeBlocks(emission, cause, now),
        };
    }

    /// <summary>It would have sent, and was not allowed to.</summary>
    public void Withhold(DateTimeOffset now)
    {
        (_sentAt, _withheldAt) = (now, now);
        _timer.LoseTrack();
    }

    public string? JudgeEnd(SessionEnded end, Cause cause, DateTimeOffset now)
    {
        if (IsOver) return "ended twice";
        IsOver = true;
        if (end.Outcome == Outcome.Faulted && end.Detail != Referee.DiskFailure) return $"failed: {end.Detail}";
        if (end.Outcome == Outcome.Complete && _acknowledged != _last) return "calls itself complete before its last block is acknowledged";
        if (cause == Cause.Timer && HasAcknowledged && now - _heardAt < limits.Patience)
            return $"gave up after {(now - _heardAt).TotalSeconds} s of silence";
        return null;
    }

    private string? JudgeOffer(in Emission emission, Cause cause, DateTimeOffset now)
    {
        if (_offers == 0)
            _timer = new RetransmissionModel(emission.Options.TryGet(OptionSet.Timeout, out var asked) && asked.TryGetNumber(out var seconds) ? TimeSpan.FromSeconds(seconds) : null);
        if (++_offers > SendsToUnvalidated) return "sent its OACK more than twice";
        if (HasAcknowledged) return "sent its OACK though that was acknowledged";
        var problem = JudgeRepeat(_offers > 1, cause, now);
        (_first, _last, _isRepeated, _sentAt) = (0, 0, _offers > 1, now);
        return problem;
    }

    private string? JudgeBlocks(in Emission emission, Cause cause, DateTimeOffset now)
    {
        // Without an OACK nothing has been acknowledged, and block 1 comes first all the same.
        if (_last < 0) _acknowledged = 0;
        var last = emission.FirstBlock + emission.BlockCount - 1;
        // While the disk was asked, ACKs may have come that the server has not looked at.
        if (cause == Cause.Load && emission.FirstBlock >= _first && emission.FirstBlock <= _acknowledged)
        {
            _acknowledged = emission.FirstBlock - 1;
            _heardAt = _firstHeard ?? _heardAt;
            _timer.LoseTrackForGood();
        }

        if (emission.FirstBlock != _acknowledged + 1) return $"sent block {emission.FirstBlock} when {_acknowledged} was acknowledged";
        if (!IsValidated && ++_windows > SendsToUnvalidated) return "sent more than one window and its repeat to a peer that is not validated";
        // However long the disk took: the client has not kept anybody waiting.
        if (cause == Cause.Load) _loadedAt = now;
        if (now - _heardAt > Silence && now - _withheldAt > Silence && now - _loadedAt > Silence) return $"still sends after {(now - _heardAt).TotalSeconds} s without a new ACK";
        var isRepeat = last <= _highestSent;
        var problem = cause == Cause.Arrival && !_isProgress && _last >= 0 ? JudgeResumption() : JudgeRepeat(isRepeat, cause, now);
        (_first, _last, _isRepeated, _sentAt) = (emission.FirstBlock, last, emission.FirstBlock <= _highestSent, now);
        _highestSent = Math.Max(_highestSent, last);
        _firstHeard = null;
        _isProgress = false;
        return problem;
    }

    private TimeSpan Silence => (limits.Patience > limits.Retries * _timer.Longest ? limits.Patience : limits.Retries * _timer.Longest) + 2 * _timer.Longest;

    /// <summary>The Sorcerer's Apprentice (RFC 1123 §4.2.3.1): what says nothing new is not answered; with windows, once for a gap.</summary>
    private string? JudgeResumption() =>
        _last - _first == 0 && !request.Options.TryGet(OptionSet.WindowSize, out _) ? "answered an ACK that says nothing new"
        : ++_resumed > 1 ? $"resumed twice after the same ACK of block {_acknowledged}"
        : null;

    private string? JudgeRepeat(bool isRepeat, Cause cause, DateTimeOffset now)
    {
        if (!isRepeat || cause != Cause.Timer) return null;
        var problem = _timer.IsDue(now - _sentAt) ? null : $"sent again after {(now - _sentAt).TotalSeconds:F4} s, due after {_timer}";
        _timer.BackOff();
        return problem;
    }
}
