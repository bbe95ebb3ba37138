using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Replay;

/// <summary>What the first pass over a capture learns of a session, for the second to replay it.</summary>
internal sealed class SessionPlan
{
    /// <summary>Where the payload of each block stands in the capture; 0: nowhere.</summary>
    private readonly List<long> _blocks = [];
    private int _lastLength;
    private long? _tsize;

    /// <summary>What the recorded server granted; empty: DATA 1 came without an OACK.</summary>
    public OptionSet Granted { get; private set; } = OptionSet.Empty;

    public int BlockSize { get; private set; } = TransferParameters.DefaultBlockSize;

    /// <summary>Bytes of the file, as far as the capture tells.</summary>
    public long Length => _lastLength >= 0 && _blocks.Count > 0 && _lastLength < BlockSize
        ? (_blocks.Count - 1L) * BlockSize + _lastLength
        : Math.Max(_tsize ?? 0, (long)_blocks.Count * BlockSize);

    public void Grant(OptionSet granted)
    {
        if (_blocks.Count > 0 || Granted.Count > 0) return;
        Granted = granted;
        if (granted.TryGet(OptionSet.BlockSize, out var option) && option.TryGetNumber(out var size) && size is >= TransferParameters.MinBlockSize and <= TransferParameters.MaxBlockSize)
            BlockSize = (int)size;
        if (granted.TryGet(OptionSet.TransferSize, out option) && option.TryGetNumber(out var tsize)) _tsize = tsize;
    }

    /// <param name="offset">Of the payload in the capture.</param>
    /// <param name="room">Blocks that may be kept in mind still, over all sessions.</param>
    public void Add(BlockNumber block, long offset, int length, ref long room)
    {
        var index = block.IndexAtOrBelow(_blocks.Count + short.MaxValue);
        if (index < 1 || length > BlockSize) return;
        var missing = index - _blocks.Count;
        if (missing > room) return;
        if (missing > 0)
        {
            room -= missing;
            for (; missing > 0; missing--) _blocks.Add(0);
            _lastLength = length;
        }

        if (_blocks[(int)index - 1] == 0) _blocks[(int)index - 1] = offset;
    }

    /// <summary>Where bytes of the file stand in the capture; 0: not in it.</summary>
    public long Find(long offset) =>
        (int)(offset / BlockSize) is var number && number < _blocks.Count && _blocks[number] is > 0 and var begin ? begin + offset % BlockSize : 0;
}

/// <summary>A file as a recorded session has sent it, read from the capture; what is not in there is zeros.</summary>
internal sealed class RecordedContent(SessionPlan plan, CaptureFile capture) : IContent
{
    public long? Length => plan.Length;

    public ValueTask<LoadResult> LoadAsync(long offset, int count) => new(LoadResult.Of((int)Math.Clamp(plan.Length - offset, 0, count)));

    public int CopyTo(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(plan.Length - offset, 0, destination.Length);
        for (var done = 0; done < count;)
        {
            var piece = destination[done..count];
            piece = piece[..(int)Math.Min(piece.Length, plan.BlockSize - (offset + done) % plan.BlockSize)];
            var at = plan.Find(offset + done);
            if (at == 0 || capture.Read(at, piece) < piece.Length) piece.Clear();
            done += piece.Length;
        }

        return count;
    }

    public void Dispose()
    {
    }
}
