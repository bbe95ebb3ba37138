using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Walks;

namespace FlyTftp.Reactive.Replay.Plans;

/// <summary>What the first pass over a capture learns of a session, for the second to replay it. Kept in a <see cref="PlanStore"/> between the two.</summary>
internal sealed class SessionPlan
{
    /// <summary>Of each block: where its payload stands in the capture; 0: nowhere; less: the complement of its first number in the pieces.</summary>
    private readonly List<long> _blocks = [];

    /// <summary>Of blocks that do not stand in one place: bytes that do, or are not in the capture (offset 0), until the block is full.</summary>
    private readonly List<(long Offset, int Length)> _pieces = [];

    private int _lastLength;
    private long? _tsize;

    /// <summary>What the recorded server granted; empty: DATA 1 came without an OACK.</summary>
    public OptionSet Granted { get; private set; } = OptionSet.Empty;

    /// <summary>There was an OACK and the capture lacks it: <see cref="Granted"/> is inferred.</summary>
    public bool IsGrantInferred { get; private set; }

    public int BlockSize { get; private set; } = TransferParameters.DefaultBlockSize;

    /// <summary>Bytes of the file; <c>null</c> where neither a last block nor tsize tells where it ends.</summary>
    public long? Length => _blocks.Count > 0 && _lastLength < BlockSize ? (_blocks.Count - 1L) * BlockSize + _lastLength : _tsize;

    /// <summary>There was no room to keep all of its blocks in mind: the bytes of the others are zeros.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Places that it takes.</summary>
    public long Places => _blocks.Count + _pieces.Count;

    public void Grant(OptionSet granted)
    {
        if (_blocks.Count > 0 || Granted.Count > 0) return;
        Granted = granted;
        if (granted.TryGet(OptionSet.BlockSize, out var option) && option.TryGetNumber(out var size) && size is >= TransferParameters.MinBlockSize and <= TransferParameters.MaxBlockSize)
            BlockSize = (int)size;
        if (granted.TryGet(OptionSet.TransferSize, out option) && option.TryGetNumber(out var tsize)) _tsize = tsize;
    }

    /// <summary>An OACK that the capture lacks: what the blocks show of it.</summary>
    /// <param name="step">Blocks between the first ACKs.</param>
    public void InferGrant(OptionSet asked, long step)
    {
        IsGrantInferred = true;
        var granted = new List<TransferOption>();
        foreach (var option in asked)
        {
            if (option.Is(OptionSet.BlockSize) && BlockSize != TransferParameters.DefaultBlockSize) granted.Add(option with { Value = Text(BlockSize) });
            if (option.Is(OptionSet.WindowSize) && step > 1) granted.Add(option with { Value = Text(step) });
        }

        Granted = new OptionSet([.. granted]);
    }

    /// <param name="index">The block's.</param>
    /// <param name="room">Places that may be kept in mind still, over all sessions.</param>
    public void Add(long index, in WalkedFrame walked, ref long room)
    {
        var length = walked.Length - PacketReader.DataOffset;
        // Without its OACK, the first block tells how large they are.
        if (_blocks.Count == 0 && Granted.Count == 0 && length > BlockSize) BlockSize = length;
        if (index < 1 || length > BlockSize) return;
        var missing = index - _blocks.Count;
        if (missing > room)
        {
            IsIncomplete = true;
            return;
        }

        if (missing > 0)
        {
            room -= missing;
            for (; missing > 0; missing--) _blocks.Add(0);
            _lastLength = length;
        }

        if (_blocks[(int)index - 1] == 0) _blocks[(int)index - 1] = Place(walked, ref room);
    }

    /// <summary>Fills in bytes of the file; what is not in the capture is zeros.</summary>
    public void Copy(long offset, Span<byte> destination, CaptureReading read)
    {
        while (!destination.IsEmpty)
        {
            var (number, within) = ((int)(offset / BlockSize), (int)(offset % BlockSize));
            var part = destination[..Math.Min(destination.Length, BlockSize - within)];
            if (number < _blocks.Count && _blocks[number] is not 0 and var place) CopyBlock(place, within, part, read);
            else part.Clear();
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(Granted.Count);
        foreach (var option in Granted)
        {
            writer.Write(option.Name);
            writer.Write(option.Value);
        }

        writer.Write(IsGrantInferred);
        writer.Write(IsIncomplete);
        writer.Write7BitEncodedInt(BlockSize);
        writer.Write7BitEncodedInt(_lastLength);
        writer.Write(_tsize ?? -1);
        writer.Write7BitEncodedInt(_blocks.Count);
        // Mostly the same distance from one to the next, a byte or two.
        var last = 0L;
        foreach (var place in _blocks)
        {
            writer.Write7BitEncodedInt64(place - last << 1 ^ place - last >> 63);
            last = place;
        }

        writer.Write7BitEncodedInt(_pieces.Count);
        foreach (var (offset, length) in _pieces)
        {
            writer.Write7BitEncodedInt64(offset);
            writer.Write7BitEncodedInt(length);
        }
    }

    public static SessionPlan Read(BinaryReader reader)
    {
        var options = new TransferOption[reader.Read7BitEncodedInt()];
        for (var number = 0; number < options.Length; number++) options[number] = new TransferOption(reader.ReadString(), reader.ReadString());
        var plan = new SessionPlan { Granted = options.Length == 0 ? OptionSet.Empty : new OptionSet(options), IsGrantInferred = reader.ReadBoolean(), IsIncomplete = reader.ReadBoolean(), BlockSize = reader.Read7BitEncodedInt() };
        plan._lastLength = reader.Read7BitEncodedInt();
        plan._tsize = reader.ReadInt64() is >= 0 and var tsize ? tsize : null;
        var count = reader.Read7BitEncodedInt();
        plan._blocks.Capacity = count;
        for (var last = 0L; count > 0; count--)
        {
            var step = reader.Read7BitEncodedInt64();
            plan._blocks.Add(last += step >>> 1 ^ -(step & 1));
        }

        for (count = reader.Read7BitEncodedInt(); count > 0; count--) plan._pieces.Add((reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt()));
        return plan;
    }

    private long Place(in WalkedFrame walked, ref long room)
    {
        var begin = walked.Frame.PayloadOffset + PacketReader.DataOffset;
        if (walked.Pieces is null && walked.Frame.MissingLength == 0) return walked.Packet.Offset + begin;
        var first = _pieces.Count;
        if (walked.Pieces is not { } pieces)
        {
            Add(walked.Packet.Offset + begin, walked.Frame.PayloadLength - PacketReader.DataOffset);
            Add(0, walked.Frame.MissingLength);
        }
        else
        {
            var (end, at) = (begin + walked.Length - PacketReader.DataOffset, begin);
            foreach (var piece in pieces)
            {
                if (piece.Start + piece.Length <= at || at >= end) continue;
                var captured = Math.Min(end, piece.Start + piece.Captured) - at;
                if (captured > 0) Add(piece.Offset + at - piece.Start, captured);
                at += Math.Max(0, captured);
                Add(0, Math.Min(end, piece.Start + piece.Length) - at);
                at = Math.Min(end, piece.Start + piece.Length);
            }
        }

        room -= _pieces.Count - first;
        return first == _pieces.Count ? 0 : ~first;

        void Add(long offset, int length)
        {
            if (length > 0) _pieces.Add((offset, length));
        }
    }

    private void CopyBlock(long place, int within, Span<byte> part, CaptureReading read)
    {
        if (place > 0)
        {
            Fill(place + within, part, read);
            return;
        }

        for (var number = (int)~place; !part.IsEmpty && number < _pieces.Count; number++)
        {
            var (offset, length) = _pieces[number];
            if (within >= length)
            {
                within -= length;
                continue;
            }

            var piece = part[..Math.Min(part.Length, length - within)];
            if (offset == 0) piece.Clear();
            else Fill(offset + within, piece, read);
            part = part[piece.Length..];
            within = 0;
        }

        part.Clear();
    }

    private static void Fill(long offset, Span<byte> part, CaptureReading read)
    {
        if (read(offset, part) < part.Length) part.Clear();
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Reads bytes of the capture; fewer than asked at its end.</summary>
internal delegate int CaptureReading(long offset, Span<byte> destination);
