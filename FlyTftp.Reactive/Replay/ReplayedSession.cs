using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>A recorded session as it runs again: what the pipeline says, beside what the recorded server said.</summary>
internal sealed class ReplayedSession(RecordedSession recorded, LadderBudget? ladders)
{
    private readonly SessionComparison _comparison = new();
    private readonly LadderRecorder? _then = ladders is null ? null : new LadderRecorder(ladders), _now = ladders is null ? null : new LadderRecorder(ladders);
    private string? _outcome;
    private long? _size;

    /// <summary>The pipeline's own session. A request repeated after a refusal opens another.</summary>
    public Peer? Peer { get; set; }

    public void FromClientThen(TimeSpan at, in Packet packet, int length) => _then?.Add(at, isFromClient: true, packet, length, LadderMark.None);

    public void FromClientNow(TimeSpan at, in Packet packet, int length) => _now?.Add(at, isFromClient: true, packet, length, LadderMark.None);

    public void FromServerThen(TimeSpan at, in Packet packet, ReadOnlySpan<byte> datagram)
    {
        _comparison.Then(at, packet, datagram);
        _then?.Add(at, isFromClient: false, packet, datagram.Length, LadderMark.None);
    }

    public void FromServerNow(TimeSpan at, in Packet packet, ReadOnlySpan<byte> datagram)
    {
        _comparison.Now(at, packet, datagram);
        _now?.Add(at, isFromClient: false, packet, datagram.Length, LadderMark.None);
    }

    public void Ended(SessionEnded end)
    {
        _outcome ??= end.Outcome.Name();
        _size ??= end.Size;
    }

    public SessionResult Conclude(TimeSpan captureEnd, SessionLimits limits)
    {
        var then = recorded.OutcomeAt(captureEnd);
        _comparison.End(wasCutShort: then == RecordedProgress.Unfinished);
        var granted = recorded.Granted ?? OptionSet.Empty;
        var would = Negotiation.Grant(recorded.Request.Options, limits.NegotiationFor(recorded.Flow), _size).Granted;
        var isAnswered = _size is not null && then != RecordedProgress.Unanswered;
        return new SessionResult(
            recorded.Flow.Remote, recorded.Request, granted, then, _outcome ?? SessionResult.Ignored, _comparison.Difference,
            isAnswered && !IsSame(granted, would) ? would : null);
    }

    public LadderSession ToLadder(SessionResult result)
    {
        if (result.Difference is { Now: { } now } difference) _now!.Mark(difference.At, now, LadderMark.Difference);
        return new LadderSession(
            result.Client.ToString(), result.Then == result.Now ? result.Now : $"{result.Then} → {result.Now}", result.Verdict != Verdict.Differs,
            [_then!.ToView("recorded"), _now!.ToView("flytftp")])
        {
            Remark = result.Verdict == Verdict.Same && result.WouldGrant is null ? null : result.Judgement,
        };
    }

    private static bool IsSame(OptionSet granted, OptionSet would) =>
        granted.Count == would.Count && granted.All(option => would.TryGet(option.Name, out var other) && other.Value == option.Value);
}
