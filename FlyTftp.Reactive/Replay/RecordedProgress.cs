using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>Derives how a recorded session ended from its packets, by the same rules by which the pipeline says how its own did.</summary>
internal sealed class RecordedProgress
{
    /// <summary>Outcomes that only a recording has: no reply at all; and it still ran when the capture ended.</summary>
    public const string Unanswered = "unanswered", Unfinished = "unfinished";

    /// <summary>Shorter silence at the end of a capture means that it was stopped, longer that the server gave up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _blockSize = TransferParameters.DefaultBlockSize;
    private long _highestSent;
    private long? _final;
    private bool _hasReply, _hasAcknowledged;
    private Outcome? _outcome;

    public OptionSet? Granted { get; private set; }

    /// <summary>Nothing has been acknowledged and nothing has ended it.</summary>
    public bool IsWaiting => !_hasAcknowledged && _outcome is null;

    public void FromServer(in Packet packet, int payloadLength)
    {
        _hasReply = true;
        switch (packet.Kind)
        {
            case PacketKind.OptionAcknowledgment when Granted is null:
                Granted = packet.Options;
                if (Granted.TryGet(OptionSet.BlockSize, out var option) && option.TryGetNumber(out var size)) _blockSize = (int)Math.Min(size, TransferParameters.MaxBlockSize);
                break;
            case PacketKind.Data:
                var index = packet.Block.IndexAtOrBelow(_highestSent + short.MaxValue);
                _highestSent = Math.Max(_highestSent, index);
                if (payloadLength < _blockSize) _final ??= index;
                break;
            case PacketKind.Error:
                _outcome ??= _highestSent == 0 && !_hasAcknowledged ? Outcome.Refused : Outcome.Faulted;
                break;
        }
    }

    public void FromClient(in Packet packet)
    {
        switch (packet.Kind)
        {
            case PacketKind.Acknowledgment when _hasReply && packet.Block.IndexAtOrBelow(_highestSent) is >= 0 and var index:
                _hasAcknowledged = true;
                if (index == _final) _outcome ??= Outcome.Complete;
                break;
            case PacketKind.Error when Granted is not null && !_hasAcknowledged && packet.ErrorReport.Code is ErrorCode.NotDefined or ErrorCode.OptionNegotiation:
                _outcome ??= Outcome.Probe;
                break;
            case PacketKind.Error:
                _outcome ??= Outcome.Closed;
                break;
            case PacketKind.Unreachable or PacketKind.Superseded when _hasReply:
                _outcome ??= IsAllSent ? Outcome.Unconfirmed : Outcome.Closed;
                break;
        }
    }

    public string OutcomeAfter(TimeSpan silence) =>
        _outcome is { } known ? known.Name()
        : !_hasReply ? Unanswered
        : silence < Patience ? Unfinished
        : (IsAllSent ? Outcome.Unconfirmed : Outcome.GaveUp).Name();

    private bool IsAllSent => _final is not null && _hasAcknowledged;
}
