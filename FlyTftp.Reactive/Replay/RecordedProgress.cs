using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>
/// Derives how a recorded session ended from its packets, by the same rules by which the pipeline says how its own did, and what must have happened
/// where the capture has a hole: a later block proves an ACK, a later ACK proves a block.
/// </summary>
internal sealed class RecordedProgress(bool isUpload, bool asksOptions)
{
    /// <summary>Outcomes that only a recording has.</summary>
    public const string
        Unanswered = "unanswered",
        Unfinished = "unfinished",
        Unreachable = "unreachable",
        ServerSilent = "server-silent",
        NotCaptured = "not-captured";

    /// <summary>Shorter silence at the end of a capture means that it was stopped, longer that the server gave up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Blocks behind the newest that a repeat may be; what is further behind is a new one after a hole.</summary>
    private const int MinSlack = 64, MaxSlack = 1 << 15;

    private int _blockSize = TransferParameters.DefaultBlockSize;
    private long? _tsize;
    private long _highest, _highestCaptured, _acknowledged = -1, _heard = -1, _inferredTo = -1;
    private (long From, long To) _gap;
    private long? _final;
    private bool _hasOffer, _hasAcknowledged;
    private int _finalLength;
    private TimeSpan? _serverAt, _clientAt, _dataAt;
    private Outcome? _outcome;

    public OptionSet? Granted { get; private set; }

    /// <summary>A reply was captured, or proven by what the client said.</summary>
    public bool HasReply { get; private set; }

    public bool HasAcknowledged => _hasAcknowledged;

    /// <summary>There was an OACK, and the capture lacks it.</summary>
    public bool IsOfferProven => _hasOffer && Granted is null;

    /// <summary>Nothing has been acknowledged and nothing has ended it.</summary>
    public bool IsWaiting => !_hasAcknowledged && _outcome is null;

    /// <summary>How it ended was captured.</summary>
    public bool IsOver => _outcome is not null;

    /// <summary>Blocks between ACKs (RFC 7440).</summary>
    public long Window { get; private set; } = 1;

    /// <summary>Packets that the capture must lack: ACKs and the OACK; and blocks.</summary>
    public long MissingControl { get; private set; }

    public long MissingBlocks { get; private set; }

    /// <summary>Blocks of which the capture has the header only, or not all.</summary>
    public long CutBlocks { get; private set; }

    /// <summary>The highest block that was sent, captured or not.</summary>
    public long Highest => _highest;

    /// <summary>Blocks acknowledged.</summary>
    public long Blocks => Math.Max(0, _acknowledged);

    public long Bytes => _final is { } final && _acknowledged >= final ? (final - 1) * _blockSize + _finalLength : Blocks * _blockSize;

    public long? Size => _tsize ?? (_final is { } final ? (final - 1) * _blockSize + _finalLength : null);

    /// <summary>The longest that the client waited for the server's next packet.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>Not the server was silent: packets of that time are not in the capture.</summary>
    public bool IsLongestWaitHole { get; private set; }

    /// <summary>What the last ERROR, or ICMP, said.</summary>
    public string? Detail { get; private set; }

    /// <summary>The network said that the server cannot be reached.</summary>
    public string? NetworkError { get; private set; }

    /// <summary>Blocks that the first ACK of DATA was for.</summary>
    public long FirstStep { get; private set; }

    /// <summary>From one block to the next, where one is sent at a time; <c>null</c>: too few, or in windows.</summary>
    public TimeSpan? RoundTrip => Window == 1 && Blocks >= 16 && _clientAt is { } last && _dataAt is { } first ? (last - first) / Blocks : null;

    /// <summary>What a first pass has inferred of an OACK that the capture lacks.</summary>
    public void Assume(OptionSet granted, bool hasOffer)
    {
        if (hasOffer) ProveOffer();
        Take(granted);
    }

    /// <param name="length">Of DATA: bytes of the block on the wire.</param>
    /// <param name="isWhole">They are all in the capture.</param>
    public InferredAcks FromServer(in Packet packet, int length, bool isWhole, TimeSpan at)
    {
        var wait = at - (_clientAt ?? at);
        var isLongest = (_clientAt > _serverAt || _serverAt is null) && wait > LongestWait;
        if (isLongest) (LongestWait, IsLongestWaitHole) = (wait, false);
        (HasReply, _serverAt) = (true, at);
        switch (packet.Kind)
        {
            case PacketKind.OptionAcknowledgment when Granted is null:
                (Granted, _hasOffer) = (packet.Options, true);
                Take(Granted);
                break;
            case PacketKind.Data when !isUpload:
                var missing = MissingBlocks;
                var inferred = Sent(packet.Block, length, isWhole);
                IsLongestWaitHole |= isLongest && (inferred.Count > 0 || MissingBlocks > missing);
                return inferred;
            case PacketKind.Acknowledgment when isUpload:
                Confirmed(packet.Block);
                break;
            case PacketKind.Error:
                Detail = packet.ToString();
                _outcome ??= _highest == 0 && !_hasAcknowledged ? Outcome.Refused : Outcome.Faulted;
                break;
        }

        return default;
    }

    /// <param name="length">Of DATA, for an upload.</param>
    public InferredAcks FromClient(in Packet packet, int length, TimeSpan at)
    {
        _clientAt = at;
        switch (packet.Kind)
        {
            case PacketKind.Acknowledgment when !isUpload:
                return Acknowledged(packet.Block);
            case PacketKind.Data when isUpload:
                _highest = Math.Max(_highest, IndexOf(packet.Block));
                if (length < _blockSize && _final is null) (_final, _finalLength) = (_highest, length);
                break;
            case PacketKind.Error when _hasOffer && !_hasAcknowledged && packet.ErrorReport.Code is ErrorCode.NotDefined or ErrorCode.OptionNegotiation:
                End(Outcome.Probe, packet);
                break;
            case PacketKind.Error:
                End(Outcome.Closed, packet);
                break;
            case PacketKind.Unreachable or PacketKind.Superseded when HasReply:
                End(IsAllSent ? Outcome.Unconfirmed : Outcome.Closed, packet);
                break;
        }

        return default;
    }

    /// <summary>The network has lost a packet of either, and says so.</summary>
    public void FromNetwork(string error, bool isAboutServer)
    {
        Detail = error;
        if (isAboutServer && !HasReply) NetworkError = error;
    }

    /// <param name="end">The last packet of the capture.</param>
    public string OutcomeAt(TimeSpan end)
    {
        if (_outcome is { } known) return known.Name();
        if (!HasReply) return NetworkError is null ? Unanswered : Unreachable;
        if (_tsize is { } size && !isUpload && _acknowledged > size / _blockSize) return Outcome.Complete.Name();
        if (end - (_serverAt ?? TimeSpan.Zero) < Patience) return Unfinished;
        // Its last blocks are proven by ACKs only: they may well have been the end.
        if (_highest > _highestCaptured && !isUpload) return NotCaptured;
        var isServersTurn = _clientAt > _serverAt;
        return isServersTurn ? ServerSilent : (IsAllSent ? Outcome.Unconfirmed : Outcome.GaveUp).Name();
    }

    private bool IsAllSent => _final is not null && _hasAcknowledged;

    private int Slack => (int)Math.Clamp(2 * Window, MinSlack, MaxSlack);

    private long IndexOf(BlockNumber block) => block.IndexAtOrBelow(_highest + ushort.MaxValue - Slack);

    private void Take(OptionSet granted)
    {
        if (Number(granted, OptionSet.BlockSize) is >= TransferParameters.MinBlockSize and var size) _blockSize = (int)Math.Min(size, TransferParameters.MaxBlockSize);
        if (Number(granted, OptionSet.WindowSize) is >= 1 and var window) Window = Math.Min(window, TransferParameters.MaxWindowSize);
        if (Number(granted, OptionSet.TransferSize) is { } tsize) _tsize = tsize;
    }

    private InferredAcks Sent(BlockNumber block, int length, bool isWhole)
    {
        var index = IndexOf(block);
        if (index <= _highest)
        {
            // It was not missing but out of order.
            if (_gap.To > 0 && (index == _gap.From || index == _gap.To)) (MissingBlocks, _gap) = (MissingBlocks - 1, index == _gap.From ? (index + 1, _gap.To) : (_gap.From, index - 1));
            if (_gap.From > _gap.To) _gap = default;
            return default;
        }

        // Larger than without options: there was an OACK.
        if (!_hasOffer && asksOptions && length > TransferParameters.DefaultBlockSize)
        {
            ProveOffer();
            _blockSize = length;
        }

        if (index > _highest + 1) _gap = (_highest + 1, index - 1);
        MissingBlocks += index - _highest - 1;
        if (!isWhole) CutBlocks++;
        _highest = _highestCaptured = index;
        if (length < _blockSize && _final is null) (_final, _finalLength) = (index, length);
        _dataAt ??= _serverAt;
        return Infer(index);
    }

    private InferredAcks Acknowledged(BlockNumber block)
    {
        var index = block.IndexAtOrBelow(_highest);
        if (index < Math.Max(0, _acknowledged) - Slack) index += ushort.MaxValue + 1;
        if (index < 0 || index - _highest > short.MaxValue) return default;
        var isFirst = !HasReply;
        HasReply = true;
        if (isFirst && asksOptions && index == 0) ProveOffer();
        if (FirstStep == 0) FirstStep = index;
        var inferred = index > _acknowledged ? Infer(index) : default;
        if (index > _highest)
        {
            MissingBlocks += index - _highest;
            _highest = index;
        }

        // One that was inferred and comes after all was not missing but out of order.
        if (index <= _inferredTo && index > _heard) MissingControl = Math.Max(0, MissingControl - 1);
        _heard = Math.Max(_heard, index);
        _acknowledged = Math.Max(_acknowledged, index);
        _hasAcknowledged = true;
        if (index == _final) _outcome ??= Outcome.Complete;
        return inferred;
    }

    private void ProveOffer()
    {
        if (_hasOffer) return;
        _hasOffer = true;
        MissingControl++;
    }

    /// <summary>An upload's: the server confirms what it got.</summary>
    private void Confirmed(BlockNumber block)
    {
        var index = block.IndexAtOrBelow(_highest);
        if (index < 0) return;
        _acknowledged = Math.Max(_acknowledged, index);
        _hasAcknowledged |= index > 0;
        if (index == _final) _outcome ??= Outcome.Complete;
    }

    private InferredAcks Infer(long block)
    {
        var inferred = InferredAcks.Before(block, _hasOffer ? _acknowledged : Math.Max(0, _acknowledged), Window);
        if (inferred.Count == 0) return default;
        MissingControl += inferred.Count;
        _inferredTo = inferred.Last;
        (_acknowledged, _hasAcknowledged) = (inferred.Last, true);
        return inferred;
    }

    private void End(Outcome outcome, in Packet packet)
    {
        if (_outcome is not null) return;
        _outcome = outcome;
        Detail = packet.ToString();
    }

    private static long? Number(OptionSet options, string name) => options.TryGet(name, out var option) && option.TryGetNumber(out var number) ? number : null;
}
