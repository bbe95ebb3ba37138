using System.Buffers.Binary;
using System.Reactive;
using System.Reactive.Subjects;
using System.Text;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>
/// Any bytes at all are a script: what arrives from which of six peers, how time passes, when the disk answers, when the server drains. The whole
/// pipeline runs it on a virtual clock, the simulation's referee looks on, and at the end nothing may be left over.
/// </summary>
internal sealed class PipelineScript
{
    /// <summary>Kinds of step; a step is its kind, the peer it is about, and as many bytes as it takes.</summary>
    public const int StepKinds = 16;

    private const int StepsMax = 400, TurnsMax = 100_000;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SessionLimits Limits = new() { SessionsMax = 4 };

    private static readonly Flow[] Peers =
    [
        FlowOf(0xCB00_7101, 2000), FlowOf(0xCB00_7101, 2001), FlowOf(0xCB00_7102, 2000), FlowOf(0xC633_6401, 2000), FlowOf(0x7F00_0001, 2000), FlowOf(0xCB00_7103, 0),
    ];

    private static readonly string[] Names = ["empty", "small", "block", "middle", "large", "d/text", "missing", "../small", "/small", "d\\text", "", "x\n\"y"];
    private static readonly string[] Modes = ["octet", "netascii", "OCTET", "mail"];
    private static readonly string[] Options = ["blksize", "tsize", "timeout", "windowsize", "BLKSIZE", "other"];
    private static readonly string[] Values = ["8", "512", "1428", "65464", "0", "1", "4", "64", "255", "65535", "99999999999", "", "x", "-1"];

    private readonly VirtualTimeScheduler _scheduler = new(Epoch);
    private readonly CountingScheduler _timers;
    private readonly Referee _referee;
    private readonly ScriptedDisk _disk;
    private readonly Subject<Datagram> _arrivals = new();
    private readonly Subject<Unit> _drain = new();
    private readonly Talk[] _talks = [.. Peers.Select(flow => new Talk(flow))];
    private readonly byte[] _scratch = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset];
    private readonly HashSet<int> _features;
    private readonly List<string>? _trace;
    private bool _isTaking, _isDraining, _isCompleted, _hasEndedByRequest;
    private int _cause;

    private PipelineScript(HashSet<int> features, List<string>? trace)
    {
        (_features, _trace) = (features, trace);
        _timers = new CountingScheduler(_scheduler);
        _referee = new Referee(Limits, _scheduler);
        _disk = new ScriptedDisk(_referee.Fail);
    }

    /// <summary>What one peer was told last.</summary>
    private sealed class Talk(Flow flow)
    {
        public Flow Flow => flow;
        public byte[] Heard { get; set; } = [];
        public byte[] Said { get; set; } = [];
        public ushort Block { get; set; }
        public int Event { get; set; }
    }

    /// <param name="features">Gets a number for everything worth telling apart that has happened.</param>
    /// <param name="trace">Gets a line for everything that has happened.</param>
    /// <returns>The rule that was broken, or <c>null</c>.</returns>
    public static string? Run(ReadOnlySpan<byte> script, HashSet<int> features, List<string>? trace = null)
    {
        var run = new PipelineScript(features, trace);
        try
        {
            run.Play(script);
        }
        catch (Exception exception)
        {
            run._referee.Fail($"it threw {exception}");
        }

        return run._referee.Violation;
    }

    private static Flow FlowOf(uint address, ushort port) => new(Endpoint.IPv4(address, port), Endpoint.IPv4(0x0A4D_0001, 69));

    private void Play(ReadOnlySpan<byte> script)
    {
        using var subscription = _arrivals.Serve(_disk, Limits, _drain, _timers).Subscribe(
            Take, error => _referee.Fail($"the pipeline failed: {error}"), () => _isCompleted = true);
        for (var steps = 0; steps < StepsMax && script.Length >= 2 && _referee.Violation is null; steps++) Step(ref script);
        RunOut();
        if (_referee.Violation is not null) return;
        // A request that comes while the last session before the end is put an end to is passed over without a word.
        if (!_hasEndedByRequest) _referee.Finish();
        _arrivals.OnCompleted();
        if (!_isCompleted) _referee.Fail("the pipeline has not completed, though its input has and no session is left");
        if (_disk.OpenCount != 0) _referee.Fail($"{_disk.OpenCount} contents are open after the last session");
    }

    private void Step(ref ReadOnlySpan<byte> script)
    {
        var (kind, talk) = (script[0] % StepKinds, _talks[script[1] % _talks.Length]);
        script = script[2..];
        _cause = kind;
        switch (kind)
        {
            case 0 or 1: Arrive(talk, RequestOf(ref script, 1)); break;
            case 2: Arrive(talk, Take(ref script, 12)); break;
            case 3: Arrive(talk, Numbered(4, talk.Block)); break;
            case 4: Arrive(talk, Numbered(4, (ushort)(talk.Block + (sbyte)Next(ref script)))); break;
            case 5: Arrive(talk, Numbered(4, (ushort)(Next(ref script) << 8 | Next(ref script)))); break;
            case 6: Arrive(talk, [.. Numbered(5, Next(ref script)), (byte)'x', 0]); break;
            case 7: Pass(TimeSpan.FromMilliseconds(Next(ref script))); break;
            case 8: Pass(TimeSpan.FromMilliseconds(250 * Next(ref script))); break;
            case 9:
                var well = Next(ref script);
                for (var answers = well % 4; answers >= 0 && Answer(well < 200); answers--) ;
                break;
            case 10: _disk.IsSlow = Next(ref script) % 2 == 1; break;
            case 11: Follow(talk, Next(ref script)); break;
            case 12: Arrive(talk, talk.Said); break;
            case 13:
                var quoted = Next(ref script) % 2 == 0 ? talk.Heard : Take(ref script, 8);
                Deliver(new Datagram(talk.Flow, quoted, IsUnreachable: true));
                break;
            case 14:
                var rare = Next(ref script);
                if (rare == 255) Drain();
                else if (rare % 2 == 0) Deliver(new Datagram(talk.Flow, RequestOf(ref script, 1), IsBroadcast: true));
                else Arrive(talk, RequestOf(ref script, rare % 12));
                break;
            default: Arrive(talk, Numbered(4, 0)); break;
        }
    }

    /// <summary>An honest client for a while: it acknowledges what it was sent last, a millisecond later.</summary>
    private void Follow(Talk talk, int times)
    {
        for (var time = 0; time < times % 32; time++)
        {
            Arrive(talk, Numbered(4, talk.Block));
            Pass(TimeSpan.FromMilliseconds(1));
        }
    }

    private void Arrive(Talk talk, byte[] payload)
    {
        talk.Said = payload;
        Deliver(new Datagram(talk.Flow, payload));
    }

    private void Deliver(Datagram datagram)
    {
        if (_isCompleted) return;
        Tell($"{datagram.Flow.Remote} --> {(datagram.IsUnreachable ? Packet.Unreachable : PacketReader.Read(datagram.Payload.Span))}{(datagram.IsBroadcast ? " to all" : "")}");
        var (before, hasWaited) = (_referee.OpenSessions, _referee.HasWaiting(datagram.Flow));
        _referee.DuringArrival(datagram, _arrivals);
        if (_isCompleted) _hasEndedByRequest = PacketReader.Read(datagram.Payload.Span).IsRequest;
        else if (_isDraining && !hasWaited && _referee.OpenSessions > before) _referee.Fail("a session was opened while the server was draining");
        Check();
    }

    private void Drain()
    {
        Tell($"drain");
        _isDraining = true;
        _drain.OnNext(Unit.Default);
    }

    private bool Answer(bool isWell)
    {
        Tell($"disk");
        var isAnswered = false;
        _referee.DuringLoad(() => isAnswered = _disk.Answer(isWell));
        Check();
        return isAnswered;
    }

    private void Pass(TimeSpan time)
    {
        var isOver = false;
        using var end = _scheduler.Schedule(0, time, (_, _) =>
        {
            isOver = true;
            return System.Reactive.Disposables.Disposable.Empty;
        });
        while (!isOver && _scheduler.RunNext()) Check();
    }

    /// <summary>Silence from now on, and a disk that answers.</summary>
    private void RunOut()
    {
        _cause = StepKinds;
        for (var turns = 0; _referee.Violation is null; turns++)
        {
            if (turns == TurnsMax) _referee.Fail("the run does not end");
            if (!Answer(isWell: true) && !_scheduler.RunNext()) return;
            Check();
        }
    }

    private void Check()
    {
        if (_timers.Running > 2 * _referee.OpenSessions + _referee.WaitingRequests) _referee.Fail($"{_timers.Running} timers are running for {_referee.OpenSessions} sessions");
        if (_disk.OpenCount > _referee.OpenSessions + _referee.WaitingRequests) _referee.Fail($"{_disk.OpenCount} contents are open for {_referee.OpenSessions} sessions");
        if (_referee.OpenSessions > Limits.SessionsMax + SessionPlaces.LoopbackPlaces) _referee.Fail($"{_referee.OpenSessions} sessions are open, allowed are {Limits.SessionsMax}");
    }

    private void Take(Emission emission)
    {
        if (_isTaking) _referee.Fail("an emission within an emission");
        _isTaking = true;
        Tell($"{emission.Peer?.Flow.Remote} <-- {(emission.Kind == EmissionKind.Note ? emission.SessionNote : emission)}");
        _referee.Judge(emission);
        var talk = emission.Peer is { } peer ? Array.Find(_talks, talk => talk.Flow == peer.Flow) : null;
        Note(talk, emission);
        for (var number = 0; number < emission.DatagramCount; number++) Look(talk!, emission, number);
        _isTaking = false;
    }

    private void Look(Talk talk, in Emission emission, int number)
    {
        var bytes = _scratch.AsSpan(0, emission.WriteDatagram(number, _scratch));
        var packet = PacketReader.Read(bytes);
        if (packet.Kind is not (PacketKind.Data or PacketKind.Error or PacketKind.OptionAcknowledgment)) _referee.Fail($"sent {packet}");
        if (packet.Kind == PacketKind.Data && emission.Peer!.Request is { TransferMode: TransferMode.Octet } request)
        {
            var file = ScriptedDisk.Find(request.FileName.TrimStart('/').Replace('\\', '/'));
            var offset = (emission.BlockOf(number) - 1) * emission.Transfer.BlockSize;
            var length = file is null ? -1 : (int)Math.Clamp(file.Length - offset, 0, emission.Transfer.BlockSize);
            if (length < 0 || !bytes[PacketReader.DataOffset..].SequenceEqual(file.AsSpan((int)offset, length))) _referee.Fail($"sent other bytes than the file has, at {packet}");
        }

        talk.Heard = bytes[..Math.Min(bytes.Length, 64)].ToArray();
        talk.Block = packet.Kind == PacketKind.Data ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : (ushort)0;
    }

    private void Tell(FormattableString what) => _trace?.Add(FormattableString.Invariant($"{(_scheduler.Now - Epoch).TotalSeconds,9:F3} {what}"));

    /// <summary>Coverage by outcome: which step has made the server say what, and what it had said to this peer before.</summary>
    private void Note(Talk? talk, in Emission emission)
    {
        var said = emission.Kind != EmissionKind.Note
            ? (int)emission.Kind | (emission.IsRepeat ? 8 : 0) | Math.Min(emission.DatagramCount, 4) << 4
            : emission.SessionNote switch
            {
                SessionEnded end => 128 | (int)end.Outcome << 8 | (end.Refusal is { } refusal ? 1 + (int)refusal : 0) << 12 | (end.Blocks > 0 ? 1 : 0),
                Ignored ignored => 129 | (int)ignored.Reason << 8,
                _ => 130,
            };
        _features.Add(HashCode(1, _cause, said));
        if (talk is null) return;
        _features.Add(HashCode(2, talk.Event, said));
        _features.Add(HashCode(3, said, _referee.OpenSessions << 1 | (_isDraining ? 1 : 0)));
        talk.Event = said;
    }

    // Not the runtime's, which differs from process to process.
    private static int HashCode(int kind, int first, int second) => (kind * 31 + first) * 1_000_003 + second;

    private static byte[] Numbered(byte opcode, ushort number) => [0, opcode, (byte)(number >> 8), (byte)number];

    private static byte[] RequestOf(ref ReadOnlySpan<byte> script, int opcode)
    {
        var (name, options) = (Next(ref script), Next(ref script));
        var text = new StringBuilder(Names[name % Names.Length]).Append('\0').Append(Modes[name / 64]).Append('\0');
        for (var number = 0; number < options % 5; number++)
        {
            var option = Next(ref script);
            text.Append(Options[option % Options.Length]).Append('\0').Append(Values[option / Options.Length % Values.Length]).Append('\0');
        }

        return [0, (byte)opcode, .. Encoding.ASCII.GetBytes(text.ToString())];
    }

    private static byte Next(ref ReadOnlySpan<byte> script)
    {
        if (script.IsEmpty) return 0;
        var value = script[0];
        script = script[1..];
        return value;
    }

    private static byte[] Take(ref ReadOnlySpan<byte> script, int most)
    {
        var taken = script[..Math.Min(most, script.Length)].ToArray();
        script = script[taken.Length..];
        return taken;
    }
}
