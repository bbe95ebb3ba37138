using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Plans;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>A recorded session as it runs again: what the pipeline says, beside what the recorded server said.</summary>
internal sealed class ReplayedSession
{
    private readonly RecordedSession _recorded;
    private readonly SessionComparison _comparison = new();
    private readonly LadderRecorder? _then, _now;
    private Outcome? _outcome;
    private long? _size;

    /// <param name="plan">What the first pass has learned of it; <c>null</c>: nothing.</param>
    public ReplayedSession(RecordedSession recorded, SessionPlan? plan, LadderBudget? ladders)
    {
        (_recorded, Plan) = (recorded, plan);
        if (ladders is not null) (_then, _now) = (new LadderRecorder(ladders), new LadderRecorder(ladders));
        if (plan?.IsGrantInferred != true) return;
        _comparison.IsOfferProven = true;
        recorded.Progress.Assume(plan.Granted, hasOffer: true);
    }

    public SessionPlan? Plan { get; }

    /// <summary>The pipeline's own session. A request repeated after a refusal opens another.</summary>
    public Peer? Peer { get; set; }

    /// <summary>The pipeline has waited in vain for this client, which was itself still waiting for the recorded server.</summary>
    public bool HasGivenUp => _outcome == Outcome.GaveUp;

    public void FromClientThen(TimeSpan at, in Packet packet, int length, LadderMark mark = LadderMark.None) => _then?.Add(at, isFromClient: true, packet, length, mark);

    public void FromClientNow(TimeSpan at, in Packet packet, int length, LadderMark mark = LadderMark.None) => _now?.Add(at, isFromClient: true, packet, length, mark);

    /// <param name="datagram">As far as it was captured.</param>
    /// <param name="length">As it was on the wire.</param>
    public void FromServerThen(TimeSpan at, in Packet packet, ReadOnlySpan<byte> datagram, int length)
    {
        var index = packet.Kind == PacketKind.Data ? packet.Block.IndexAtOrBelow(_recorded.Progress.Highest) : 0;
        if (!_recorded.IsUpload) _comparison.Then(at, packet, index, Plan?.IsIncomplete == true ? datagram[..Math.Min(datagram.Length, PacketReader.DataOffset)] : datagram, length);
        _then?.Add(at, isFromClient: false, packet, length, datagram.Length < length ? LadderMark.NotCaptured : LadderMark.None);
    }

    public void FromServerNow(TimeSpan at, in Packet packet, ReadOnlySpan<byte> datagram)
    {
        if (!_recorded.IsUpload) _comparison.Now(at, packet, datagram);
        _now?.Add(at, isFromClient: false, packet, datagram.Length, LadderMark.None);
    }

    /// <summary>The network has said that a packet did not arrive.</summary>
    public void FromNetwork(TimeSpan at, bool isAboutServer, string error) => _then?.AddNote(at, isFromClient: !isAboutServer, error);

    /// <summary>The last attempt decides: the one that the recorded server answered.</summary>
    public void Ended(SessionEnded end)
    {
        _outcome = end.Outcome;
        _size ??= end.Size;
    }

    public SessionResult Conclude(TimeSpan captureEnd, ReplayOptions options)
    {
        var progress = _recorded.Progress;
        var then = _recorded.OutcomeAt(captureEnd);
        _comparison.End(then is RecordedProgress.Unfinished or RecordedProgress.ServerSilent or RecordedProgress.NotCaptured, progress.Highest);
        var granted = progress.Granted ?? Plan?.Granted ?? OptionSet.Empty;
        var result = new SessionResult(_recorded.Flow.Remote, _recorded.Request, granted, then, NowName, _comparison.Difference)
        {
            Server = _recorded.Server ?? _recorded.Flow.Local,
            IsUpload = _recorded.IsUpload,
            Detail = progress.NetworkError ?? (_recorded.NetworkErrors > 0 ? progress.Detail : null),
            MissingControl = progress.MissingControl,
            MissingBlocks = progress.MissingBlocks,
            CutBlocks = Plan?.IsIncomplete == true ? progress.Blocks : progress.CutBlocks,
            LongestWait = progress.LongestWait,
            IsLongestWaitHole = progress.IsLongestWaitHole,
        };
        if (_size is null || result.Verdict == Verdict.NotCompared || then == RecordedProgress.Unanswered) return result;
        var would = options.Grant(_recorded.Flow, _recorded.Request.Options, _size);
        return IsSame(granted, would) ? result : result with { WouldGrant = would, IsGrantAssumed = options.IsAssumed(_recorded.Flow, _recorded.Request.Options, would) };
    }

    public LadderSession ToLadder(SessionResult result)
    {
        if (result.Difference is { Now: { } now } difference) _now!.Mark(difference.At, now, LadderMark.Difference);
        return new LadderSession(result.Client.ToString(), result.ShortOutcome, result.Verdict != Verdict.Differs, [_then!.ToView("recorded"), _now!.ToView("flytftp")])
        {
            Server = result.Server.ToString(),
            Tone = result.Verdict switch
            {
                Verdict.Same => LadderTone.Good,
                Verdict.EndsTheSame => LadderTone.Fair,
                Verdict.Differs => LadderTone.Bad,
                _ => LadderTone.Unknown,
            },
            Remark = result.IsRemarkable ? result.Judgement : null,
        };
    }

    private string NowName => _recorded.IsMalformed || (_outcome is null && Peer is null) ? SessionResult.Ignored : _outcome?.Name() ?? RecordedProgress.Unfinished;

    private static bool IsSame(OptionSet granted, OptionSet would) =>
        granted.Count == would.Count && granted.All(option => would.TryGet(option.Name, out var other) && other.Value == option.Value);
}
