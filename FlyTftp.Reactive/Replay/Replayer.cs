using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>
/// Runs the client side of a capture through the pipeline on virtual time and compares what it says with what the recorded server said. Recorded
/// clients do not react: so each asks for what it was granted then, and its ACKs mean now what they meant then (docs/adr/0008).
/// </summary>
public sealed class Replayer : IDisposable
{
    private readonly ReplayOptions _options;
    private readonly ReplayPlans _plans;
    private readonly ReplayStore _store;
    private readonly Conversations _conversations;
    private readonly HistoricalScheduler _scheduler;
    private readonly DateTimeOffset _start;
    private readonly Subject<Datagram> _arrivals = new();
    private readonly Transcript? _transcript;
    private readonly LadderBudget? _budget;
    private readonly List<LadderSession> _ladders = [];
    private readonly long[] _frames = new long[Enum.GetValues<FrameKind>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];
    private readonly byte[] _out = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset], _request = new byte[Request.MaxLength * 2];
    private long _tftpPackets;
    private int _laddersLeftOut;

    private Replayer(CaptureFile capture, ReplayOptions options, DateTimeOffset start)
    {
        _options = options;
        _plans = ReplayPlans.Make(capture, options);
        _store = new ReplayStore(options.Root, capture);
        _conversations = new Conversations(options.Port, options.Only, Close);
        _scheduler = new HistoricalScheduler(_start = start);
        _transcript = options.Transcript is null ? null : new Transcript(options.Transcript);
        _budget = options.HasLadders ? new LadderBudget() : null;
    }

    private TimeSpan Now => _scheduler.Now - _start;

    /// <summary>Replays a whole capture; of one that cannot be read to its end, what comes before.</summary>
    public static ReplaySummary Run(CaptureFile capture, ReplayOptions options)
    {
        using var walk = new CaptureWalk(capture, position => options.OnProgress(capture.Length + position, 2 * capture.Length));
        var isEmpty = !walk.TryNext(out var packet, out var frame);
        using var replayer = new Replayer(capture, options, walk.Start);
        return isEmpty ? replayer.Summarize(walk.Fault) : replayer.Run(walk, packet, frame);
    }

    public void Dispose() => _arrivals.Dispose();

    private ReplaySummary Run(CaptureWalk walk, CapturedPacket packet, UdpFrame frame)
    {
        using var pipeline = _arrivals.Serve(_store, _options.Limits, Observable.Never<Unit>(), _scheduler).Subscribe(Hear);
        do
        {
            Deliver(packet, frame, walk.At);
        }
        while (walk.TryNext(out packet, out frame));

        // The end of the capture is silence: what still runs runs out.
        _scheduler.Start();
        _conversations.CloseAll();
        return Summarize(walk.Fault);
    }

    private ReplaySummary Summarize(CaptureFault? fault) => new(_frames, _tftpPackets, _verdicts, fault, _ladders, _laddersLeftOut);

    private void Deliver(in CapturedPacket packet, in UdpFrame frame, TimeSpan at)
    {
        _frames[(int)frame.Kind]++;
        var datagram = frame.PayloadOf(packet);
        var traffic = _conversations.Follow(frame, datagram.Span, at, out var session, out var said);
        if (traffic == Traffic.None) return;

        _tftpPackets++;
        var now = session!.Now ??= new ReplayedSession(session, _budget);
        if (traffic == Traffic.FromServer)
        {
            now.FromServerThen(at, said, datagram.Span);
            return;
        }

        // Timers that are due go first.
        _scheduler.AdvanceTo(_start + at);
        _store.Current = _plans.Of(session.Number);
        now.FromClientThen(at, said, datagram.Length);
        if (said.Kind == PacketKind.ReadRequest) datagram = AsGranted(ref said, datagram);
        now.FromClientNow(at, said, datagram.Length);
        _transcript?.In(at, session.Flow.Remote, said, datagram.Length);
        _arrivals.OnNext(new Datagram(session.Flow, traffic == Traffic.Unreachable ? default : datagram, traffic == Traffic.Unreachable));
    }

    /// <summary>
    /// The request with the options, and their values, that the recorded server granted. Content that comes from the capture is in the mode's own
    /// encoding already, so that netascii is asked for as octet.
    /// </summary>
    private ReadOnlyMemory<byte> AsGranted(ref Packet said, ReadOnlyMemory<byte> datagram)
    {
        if (_store.Current is not { } plan) return datagram;
        var asked = said.Request;
        var options = new OptionSet([.. asked.Options
            .Where(option => plan.Granted.TryGet(option.Name, out _))
            .Select(option => option.Is(OptionSet.TransferSize) || !plan.Granted.TryGet(option.Name, out var granted) ? option : option with { Value = granted.Value })]);
        var mode = _options.Root is null && asked.TransferMode == TransferMode.Netascii ? "octet" : asked.Mode;
        if (mode == asked.Mode && options.Equals(asked.Options)) return datagram;

        said = Packet.OfRequest(PacketKind.ReadRequest, new Request(asked.FileName, mode, options));
        return _request.AsMemory(0, PacketWriter.WriteRequest(_request, Opcode.ReadRequest, said.Request));
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
        if (peer is null || _conversations.Of(flow.Remote) is not { } recorded) return null;
        if (recorded.Previous?.Now is { } previous && previous.Peer == peer) return previous;
        if (recorded.Now is { } now) now.Peer = peer;
        return recorded.Now;
    }

    private void Close(RecordedSession recorded)
    {
        if (recorded.Now is not { } session) return;
        var result = session.Conclude(_plans.End, _options.Limits);
        _verdicts[(int)result.Verdict]++;
        if (_budget is not null && _ladders.Count < LadderBudget.MaxSessions) _ladders.Add(session.ToLadder(result));
        else if (_budget is not null) _laddersLeftOut++;
        _options.OnSession(result);
    }
}
