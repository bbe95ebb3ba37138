using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>
/// Collects the datagrams of one session for its ladder, in the order of time, and notices by itself what was sent before. It keeps as many as
/// its budget allows; of the rest it keeps the sums.
/// </summary>
internal sealed class LadderRecorder(LadderBudget budget)
{
    private readonly List<LadderStep> _steps = [];
    private readonly List<RoundTripSample> _roundTrips = [];
    private LadderFigures _figures;
    private Request? _request;
    private OptionSet? _granted;
    private long _highestBlock;
    private (BlockNumber Block, TimeSpan At, bool IsFresh) _lastSent;
    private BlockNumber? _lastAcknowledged;
    private bool _hasAnswered;

    /// <summary>Adds a datagram.</summary>
    /// <param name="mark"><see cref="LadderMark.None"/>: it is marked as a repeat if the same was here before.</param>
    public void Add(TimeSpan at, bool isFromClient, ReadOnlySpan<byte> payload, LadderMark mark = LadderMark.None) =>
        Add(at, isFromClient, PacketReader.Read(payload), payload.Length, mark);

    /// <summary>Adds the client's ICMP port unreachable.</summary>
    public void AddUnreachable(TimeSpan at) => Add(at, isFromClient: true, Packet.Unreachable, 0, LadderMark.None);

    public void Add(TimeSpan at, bool isFromClient, in Packet packet, int length, LadderMark mark)
    {
        var isRepeat = isFromClient ? NoteClient(at, packet) : NoteServer(at, packet, length, mark);
        if (isRepeat) _figures = _figures with { Repeats = _figures.Repeats + 1 };
        if (mark == LadderMark.Lost) _figures = _figures with { Lost = _figures.Lost + 1 };
        if (mark is LadderMark.None or LadderMark.NotCaptured && isRepeat) mark = LadderMark.Repeat;
        _figures = _figures with { Started = _figures.Datagrams == 0 ? at : _figures.Started, Ended = at, Datagrams = _figures.Datagrams + 1 };
        if (_steps.Count < LadderBudget.MaxStepsPerView && budget.TryTake()) _steps.Add(LadderStep.Of(at, isFromClient, packet, length, mark));
        else _figures = _figures with { LeftOut = _figures.LeftOut + 1 };
    }

    /// <summary>Adds what the network says of a datagram: a line of its own that counts as none.</summary>
    /// <param name="isFromClient">It was the server's, and the news goes to the server.</param>
    public void AddNote(TimeSpan at, bool isFromClient, string text)
    {
        if (_steps.Count < LadderBudget.MaxStepsPerView && budget.TryTake()) _steps.Add(new LadderStep(at, isFromClient, PacketKind.Unreachable, default, 0, LadderMark.None, text));
    }

    /// <summary>Marks a datagram that is here already: the first at that time with that label.</summary>
    public void Mark(TimeSpan at, string label, LadderMark mark)
    {
        var number = _steps.FindIndex(step => !step.IsFromClient && step.At == at && step.Label == label);
        if (number >= 0) _steps[number] = _steps[number] with { Mark = mark };
    }

    public LadderView ToView(string title) => new(title, _request, _granted, _steps, _roundTrips, _figures);

    /// <returns>The client has said this before.</returns>
    private bool NoteClient(TimeSpan at, in Packet packet)
    {
        if (packet.IsRequest)
        {
            var isAgain = packet.Request.Equals(_request) && _lastAcknowledged is null;
            _request ??= packet.Request;
            return isAgain;
        }

        if (packet.Kind != PacketKind.Acknowledgment) return false;
        var isRepeat = _lastAcknowledged == packet.Block;
        _lastAcknowledged = packet.Block;
        if (_hasAnswered && _lastSent is { IsFresh: true } sent && sent.Block == packet.Block && _roundTrips.Count < LadderBudget.MaxRoundTrips)
            _roundTrips.Add(new RoundTripSample(at, at - sent.At));
        _lastSent.IsFresh = false;
        return isRepeat;
    }

    /// <returns>The server has sent this before.</returns>
    private bool NoteServer(TimeSpan at, in Packet packet, int length, LadderMark mark)
    {
        if (mark == LadderMark.Duplicate) return false;
        var isRepeat = false;
        if (packet.Kind == PacketKind.OptionAcknowledgment)
        {
            isRepeat = _granted is not null;
            _granted ??= packet.Options;
        }
        else if (packet.Kind == PacketKind.Data)
        {
            // The next block is at most half a rollover ahead; whatever else it is, is behind.
            var index = packet.Block.IndexAtOrBelow(_highestBlock + short.MaxValue);
            isRepeat = index <= _highestBlock;
            if (!isRepeat)
            {
                _highestBlock = index;
                _figures = _figures with { Bytes = _figures.Bytes + length - PacketReader.DataOffset };
            }
        }
        else
        {
            return false;
        }

        _hasAnswered = true;
        _lastSent = (packet.Block, at, !isRepeat);
        return isRepeat;
    }
}
