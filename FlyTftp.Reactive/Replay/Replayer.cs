using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Replay.Walks;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>
/// Runs the client side of a capture through the pipeline on virtual time and compares what it says with what the recorded server said. Recorded
/// clients do not react: so each asks for what it was granted then, and its ACKs mean now what they meant then (docs/adr/0008).
/// </summary>
internal sealed class Replayer : IDisposable
{
    /// <summary>ACKs inferred over all sessions: a capture that is nothing but holes must not take for ever.</summary>
    public const long MaxInferred = 4 << 20;

    private readonly ReplayOptions _options;
    private readonly ReplayPlans _plans;
    private readonly ReplayStore _store;
    private readonly Conversations _conversations;
    private readonly ResultOrder _results;
    private readonly HistoricalScheduler _scheduler;
    private readonly DateTimeOffset _start;
    private readonly Subject<Datagram> _arrivals = new();
    private readonly Transcript? _transcript;
    private readonly LadderBudget? _budget;
    private readonly List<LadderSession> _ladders = [];
    private readonly long[] _frames = new long[Enum.GetValues<FrameKind>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];
    private readonly byte[] _out = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset], _request = new byte[Request.MaxLength * 4];
    private long _tftpPackets, _inferred;
    private bool _isNothingHeard = true;
    private int _laddersLeftOut;

    private Replayer(CaptureFile capture, ReplayOptions options, DateTimeOffset start)
    {
        _options = options;
        _plans = ReplayPlans.Make(capture, options);
        _store = new ReplayStore(options.Root, capture);
        _conversations = new Conversations(options.Port, options.Only, Close);
        _results = new ResultOrder(options.OnSession);
        _scheduler = new HistoricalScheduler(_start = start);
        _transcript = options.Transcript is null ? null : new Transcript(options.Transcript);
        _budget = options.HasLadders ? new LadderBudget() : null;
    }

    private TimeSpan Now => _scheduler.Now - _start;

    /// <summary>Replays a whole capture; of one that cannot be read to its end, what comes before.</summary>
    public static ReplaySummary Run(CaptureFile capture, ReplayOptions options)
    {
        using var walk = new CaptureWalk(capture, position => options.OnProgress(capture.Length + position, 2 * capture.Length));
        var isEmpty = !walk.TryNext(out var walked);
        using var replayer = new Replayer(capture, options, walk.Start);
        return isEmpty ? replayer.Summarize(walk) : replayer.Run(walk, walked);
    }

    public void Dispose()
    {
        _arrivals.Dispose();
        _plans.Dispose();
    }

    private ReplaySummary Run(CaptureWalk walk, WalkedFrame walked)
    {
        using var pipeline = _arrivals.Serve(_store, _options.Limits with { TrustsPeers = true }, Observable.Never<Unit>(), _scheduler).Subscribe(Hear);
        do
        {
            Deliver(walked, walk.At);
        }
        while (walk.TryNext(out walked));

        // The end of the capture is silence: what still runs runs out.
        _scheduler.Start();
        _conversations.CloseAll();
        _results.Flush();
        return Summarize(walk);
    }

    private ReplaySummary Summarize(CaptureWalk walk) => new(
        _frames, _tftpPackets, _verdicts, walk.Fault, [.. _ladders.OrderBy(static ladder => ladder.Views[0].Figures.Started)], _laddersLeftOut)
    {
        Copies = _conversations.Copies,
        OddTimes = walk.OddTimes,
        LostFragments = walk.LostFragments,
        Unread = _plans.Survey.Unread,
        NothingCompared = _verdicts.Sum() == 0 ? $"nothing to replay: {_plans.Survey.WhyNothing()}"
            : _verdicts.Sum() > _verdicts[(int)Verdict.NotCompared] ? null
            : _isNothingHeard ? "nothing to compare: no reply was captured; a capture filter \"port 69\" loses every reply of a server with a fresh port: capture \"udp or icmp\""
            : "nothing to compare: no server answered",
    };

    private void Deliver(in WalkedFrame walked, TimeSpan at)
    {
        _frames[(int)walked.Frame.Kind]++;
        var traffic = _conversations.Follow(walked, at, out var session, out var said);
        if (traffic == Traffic.None) return;

        _tftpPackets++;
        var isNew = session!.Now is null;
        var now = session.Now ??= new ReplayedSession(session, _plans.Find(session.Number), _budget);
        // Timers that are due go first.
        _scheduler.AdvanceTo(_start + at);
        switch (traffic)
        {
            case Traffic.FromServer:
                _isNothingHeard = false;
                _transcript?.Server(at, session.Server!.Value);
                // The request that another server's session was opened by; or that which this one has given up on before the recorded one answered.
                if (isNew || (now.HasGivenUp && session.Progress.IsWaiting && !session.IsMalformed)) DeliverRequest(session, at);
                Deliver(session, session.Inferred, at);
                now.FromServerThen(at, said, walked.Payload.Span, walked.Length);
                break;
            case Traffic.NetworkError:
                _isNothingHeard = false;
                _transcript?.Network(at, session.Flow.Remote, session.Progress.Detail!);
                now.FromNetwork(at, walked.Frame.Destination == session.Flow.Remote, session.Progress.Detail!);
                break;
            default:
                DeliverClient(session, now, walked, said, traffic == Traffic.Unreachable, at);
                break;
        }
    }

    private void DeliverClient(RecordedSession session, ReplayedSession now, in WalkedFrame walked, Packet said, bool isUnreachable, TimeSpan at)
    {
        Deliver(session, session.Inferred, at);
        now.FromClientThen(at, said, walked.Length);
        // This server takes no upload: what it would have sent is told to nobody.
        if (session.IsUpload && !said.IsRequest) return;
        if (said.Kind == PacketKind.ReadRequest && !session.IsMalformed)
        {
            DeliverRequest(session, at, walked.Payload);
            return;
        }

        now.FromClientNow(at, said, walked.Length);
        _transcript?.In(at, session.Flow.Remote, said, walked.Length);
        _arrivals.OnNext(new Datagram(session.Flow, isUnreachable ? default : walked.Payload, isUnreachable));
    }

    /// <summary>ACKs that the capture lacks.</summary>
    private void Deliver(RecordedSession session, in InferredAcks acks, TimeSpan at)
    {
        for (var number = 0L; number < acks.Count && _inferred < MaxInferred; number++, _inferred++)
        {
            var said = Packet.OfAcknowledgment(BlockNumber.Of(acks.First + number * acks.Step));
            session.Now!.FromClientThen(at, said, PacketReader.DataOffset, LadderMark.Inferred);
            session.Now.FromClientNow(at, said, PacketReader.DataOffset, LadderMark.Inferred);
            _transcript?.Inferred(at, session.Flow.Remote, said);
            _arrivals.OnNext(new Datagram(session.Flow, _request.AsMemory(0, PacketWriter.WriteAcknowledgment(_request, said.Block)), false));
        }
    }

    /// <param name="datagram">The request as it was captured; empty: it has to be written anew.</param>
    private void DeliverRequest(RecordedSession session, TimeSpan at, ReadOnlyMemory<byte> datagram = default)
    {
        _store.Current = session.Now!.Plan;
        var said = AsGranted(session);
        if (datagram.IsEmpty || !said.Request.Equals(session.Request)) datagram = _request.AsMemory(0, PacketWriter.WriteRequest(_request, Opcode.ReadRequest, said.Request));
        session.Now.FromClientNow(at, said, datagram.Length);
        _transcript?.In(at, session.Flow.Remote, said, datagram.Length);
        _arrivals.OnNext(new Datagram(session.Flow, datagram, false));
    }

    /// <summary>
    /// The request with the options, and their values, that the recorded server granted. Content that comes from the capture is in the mode's own
    /// encoding already, so that netascii is asked for as octet.
    /// </summary>
    private Packet AsGranted(RecordedSession session)
    {
        var asked = session.Request;
        if (session.Now!.Plan is not { } plan) return Packet.OfRequest(PacketKind.ReadRequest, asked);
        var options = new OptionSet([.. asked.Options
            .Where(option => plan.Granted.TryGet(option.Name, out _))
            .Select(option => option.Is(OptionSet.TransferSize) || !plan.Granted.TryGet(option.Name, out var granted) ? option : option with { Value = granted.Value })]);
        var mode = _options.Root is null && asked.TransferMode == TransferMode.Netascii ? "octet" : asked.Mode;
        return Packet.OfRequest(PacketKind.ReadRequest, new Request(asked.FileName, mode, options));
    }

    private void Hear(Emission emission)
    {
        var flow = emission.Peer?.Flow ?? emission.SessionNote.Flow;
        var session = SessionOf(emission.Peer, flow);
        if (emission.Kind == EmissionKind.Note)
        {
            _transcript?.Note(Now, emission.SessionNote);
            if (emission.SessionNote is SessionEnded end) session?.Ended(end);
            return;
        }

        for (var number = 0; number < emission.DatagramCount; number++)
        {
            var datagram = _out.AsSpan(0, emission.WriteDatagram(number, _out));
            var packet = PacketReader.Read(datagram);
            _transcript?.Out(Now, flow.Remote, packet, datagram.Length);
            session?.FromServerNow(Now, packet, datagram);
        }
    }

    /// <summary>A session that gives way to the next from the same port is heard of after that one has begun.</summary>
    private ReplayedSession? SessionOf(Peer? peer, in Flow flow)
    {
        if (peer is null) return null;
        for (var recorded = _conversations.Of(flow.Remote); recorded is not null; recorded = recorded.Sibling)
        {
            if (recorded.Previous?.Now is { } previous && previous.Peer == peer) return previous;
            if (recorded.Flow != flow) continue;
            if (recorded.Now is { } now) now.Peer = peer;
            return recorded.Now;
        }

        return null;
    }

    private void Close(RecordedSession recorded)
    {
        if (recorded.Now is not { } session) return;
        var result = session.Conclude(_plans.End, _options);
        _verdicts[(int)result.Verdict]++;
        if (_budget is not null && _ladders.Count < LadderBudget.MaxSessions) _ladders.Add(session.ToLadder(result));
        else if (_budget is not null) _laddersLeftOut++;
        _results.Add(recorded.Number, result);
    }
}
