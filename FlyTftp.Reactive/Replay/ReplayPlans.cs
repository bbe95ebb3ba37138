using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Dhcp;
using FlyTftp.Reactive.Replay.Plans;
using FlyTftp.Reactive.Replay.Walks;

namespace FlyTftp.Reactive.Replay;

/// <summary>
/// The first pass: what each recorded session was granted and where its content stands in the capture, for the second pass; and the story of each boot
/// as it was recorded. Eight bytes a block and none of its payload, of the sessions that run at a time, so that a capture of any length can be replayed.
/// </summary>
internal sealed class ReplayPlans : IDisposable
{
    /// <summary>Blocks kept in mind, over all sessions that run at a time: 64 MB, enough for 11 GB at 1468 bytes.</summary>
    public const long MaxBlocks = 8 << 20;

    private readonly ReplayOptions _options;
    private readonly PlanStore _store = new();
    private readonly Dictionary<int, SessionPlan> _open = [];
    private readonly Subject<BootEvent> _events = new();
    private readonly DhcpListener _dhcp = new();
    private readonly PriorityQueue<BootEvent, DateTimeOffset> _early = new();
    private readonly RecordedNames _names;
    private DateTimeOffset _start;
    private long _room = MaxBlocks;

    private ReplayPlans(ReplayOptions options)
    {
        _options = options;
        _names = new RecordedNames(options);
        Survey = new CaptureSurvey(options.Port, options.Only);
    }

    /// <summary>The last packet of the capture.</summary>
    public TimeSpan End { get; private set; }

    public CaptureSurvey Survey { get; }

    /// <summary><c>null</c> for a session that was given neither options nor content.</summary>
    public SessionPlan? Find(int number) => _store.Find(number);

    public static ReplayPlans Make(CaptureFile capture, ReplayOptions options)
    {
        var plans = new ReplayPlans(options);
        using var walk = new CaptureWalk(capture, position => options.OnProgress(position, 2 * capture.Length));
        plans.Read(walk);
        return plans;
    }

    public void Dispose()
    {
        _store.Dispose();
        _events.Dispose();
    }

    private void Read(CaptureWalk walk)
    {
        HistoricalScheduler? clock = null;
        IDisposable? boots = null;
        var conversations = new Conversations(_options.Port, _options.Only, Close);
        while (walk.TryNext(out var walked))
        {
            if (clock is null)
            {
                _start = walk.Start;
                clock = new HistoricalScheduler(_start);
                boots = _events.ToBoots(new BootLimits(), clock).Subscribe(boot =>
                {
                    if (boot.IsOver) _options.OnBoot(boot, _start);
                });
            }

            End = walk.At;
            // A session is told of when nothing more can come of it, so much later than it has ended.
            if (walk.At > Conversations.MaxSilence)
            {
                TellEarly(walk.At - Conversations.MaxSilence);
                clock.AdvanceTo(_start + walk.At - Conversations.MaxSilence);
            }

            Survey.Note(walked);
            var traffic = conversations.Follow(walked, walk.At, out var session, out var said);
            if (traffic == Traffic.FromServer) Note(session!, said, walked);
            else if (traffic == Traffic.None && walked.IsDatagram) NoteOther(walked, walk.At);
        }

        conversations.CloseAll();
        TellEarly(TimeSpan.MaxValue);
        _events.OnCompleted();
        boots?.Dispose();
    }

    private void NoteOther(in WalkedFrame walked, TimeSpan at)
    {
        var frame = walked.Frame;
        if (!DhcpListener.IsDhcp(frame.Source, frame.Destination)) Survey.NoteStray(walked);
        else foreach (var direction in _dhcp.Hear(frame.Source, walked.Payload.Span, _start + at)) _early.Enqueue(direction, direction.At);
    }

    /// <summary>What is known at once, what DHCP has said and which transfers have begun, is told between the sessions before and after it, and these come late.</summary>
    private void TellEarly(TimeSpan until)
    {
        while (_early.TryPeek(out _, out var at) && at - _start <= until) _events.OnNext(_early.Dequeue());
    }

    private void Note(RecordedSession session, in Packet said, in WalkedFrame walked)
    {
        if (said.Kind is not (PacketKind.Data or PacketKind.OptionAcknowledgment)) return;
        if (!_open.TryGetValue(session.Number, out var plan))
        {
            _open[session.Number] = plan = new SessionPlan();
            var began = _start + session.StartedAt;
            _early.Enqueue(new BootTransferBegan(session.Flow.Remote, began), began);
        }

        if (said.Kind == PacketKind.Data) plan.Add(said.Block.IndexAtOrBelow(session.Progress.Highest), walked, ref _room);
        else plan.Grant(said.Options);
    }

    private void Close(RecordedSession session)
    {
        _open.Remove(session.Number, out var plan);
        if (session.Progress.IsOfferProven && !session.IsUpload) (plan ??= new SessionPlan()).InferGrant(session.Request.Options, session.Progress.FirstStep);
        _store.Add(session.Number, plan);
        _room += plan?.Places ?? 0;
        var outcome = session.OutcomeAt(End);
        var transfer = Tell(session, outcome, plan);
        _names.Note(transfer);
        TellEarly(session.StartedAt);
        _events.OnNext(transfer);
    }

    private BootTransfer Tell(RecordedSession session, string outcome, SessionPlan? plan)
    {
        var progress = session.Progress;
        return new BootTransfer(
            session.Flow.Remote, session.Server ?? session.Flow.Local, session.Request, EndingOf(outcome), _start + session.StartedAt, _start + session.LastAt)
        {
            Granted = progress.Granted ?? plan?.Granted ?? OptionSet.Empty,
            Detail = progress.Detail,
            Refusal = outcome is RecordedProgress.Unanswered or RecordedProgress.Unreachable || session.IsUpload || _options.Limits.Names.Current.Extensions.Allows(session.Request.FileName) ? null : RefusalReason.Extension,
            Size = progress.Size,
            Bytes = progress.Size is { } size ? Math.Min(size, progress.Bytes) : progress.Bytes,
            Blocks = progress.Blocks,
            HasAcknowledged = progress.HasAcknowledged,
            RoundTrip = progress.RoundTrip,
            Requests = session.Requests,
            IsUpload = session.IsUpload,
            NearestName = outcome == "refused" ? _names.Nearest(session.Request.FileName) : null,
            IsAnsweredByAnother = session.IsAnsweredByAnother,
        };
    }

    private static TransferEnding EndingOf(string outcome) => outcome switch
    {
        "complete" => TransferEnding.Complete,
        "unconfirmed" => TransferEnding.Unconfirmed,
        "probe" => TransferEnding.Probe,
        "closed" => TransferEnding.Closed,
        "refused" => TransferEnding.Refused,
        "gave-up" => TransferEnding.GaveUp,
        RecordedProgress.Unanswered => TransferEnding.Unanswered,
        RecordedProgress.Unfinished => TransferEnding.Unfinished,
        RecordedProgress.Unreachable => TransferEnding.Unreachable,
        RecordedProgress.ServerSilent => TransferEnding.ServerSilent,
        RecordedProgress.NotCaptured => TransferEnding.NotCaptured,
        _ => TransferEnding.Faulted,
    };
}
