namespace FlyTftp.Reactive.Protocol;

/// <summary>What to do about a DATA packet.</summary>
/// <param name="Takes">Its payload comes next in the file.</param>
/// <param name="Acknowledges">Send an ACK of <see cref="BlockReceiver.Last"/>.</param>
public readonly record struct BlockVerdict(bool Takes, bool Acknowledges);

/// <summary>
/// The receiving side of RFC 1350 and RFC 7440 §4, without the network: which block is new, and when an ACK is due. An ACK goes out at a
/// window's end, at the file's end, once for a gap, and again for the repeat of a block whose ACK was lost.
/// </summary>
/// <param name="parameters">The block size and window granted.</param>
public sealed class BlockReceiver(TransferParameters parameters)
{
    private long _acknowledged;
    private int _gapReach;

    /// <summary>The index of the last block received in order; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>A block shorter than the block size has come: there will be no more.</summary>
    public bool IsComplete { get; private set; }

    /// <param name="length">Bytes of payload, at most the block size.</param>
    public BlockVerdict Receive(BlockNumber number, int length)
    {
        var ahead = (short)(number.Value - BlockNumber.Of(Last + 1).Value);
        if (ahead == 0 && !IsComplete) return Take(length);
        if (ahead > 0) return ReportGap(ahead);

        // The repeat of the very block that we acknowledged last: the ACK was lost. Of all others the sender hears in a moment.
        return new(Takes: false, Acknowledges: ahead == -1 && Last > 0 && _acknowledged == Last);
    }

    /// <summary>To be told of every ACK that is sent, also of those that the timer sends.</summary>
    public void OnAcknowledged() => _acknowledged = Last;

    private BlockVerdict Take(int length)
    {
        Last++;
        IsComplete = length < parameters.BlockSize;
        _gapReach = 0;
        return new(Takes: true, Acknowledges: IsComplete || Last - _acknowledged >= parameters.WindowSize);
    }

    private BlockVerdict ReportGap(int ahead)
    {
        // The blocks behind the gap that are still under way must not each ask for the same repeat. When the numbers start over, the
        // repeat has come and the same block was lost again.
        var isNew = _gapReach == 0 || ahead <= _gapReach;
        _gapReach = ahead;
        return new(Takes: false, Acknowledges: isNew);
    }
}
