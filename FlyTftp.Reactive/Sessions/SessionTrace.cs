using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// A session's flight recorder: how it began and how it went on last, as compact rows, and its progress. Of what lies between it keeps the
/// number of rows. Costs no allocation per datagram. Touched on one thread until the session is over; after that it does not change.
/// </summary>
public sealed class SessionTrace(Peer peer, DateTimeOffset started)
{
    /// <summary>Rows kept of the beginning, and of the end.</summary>
    public const int FirstMax = 32, LastMax = 96;

    private const int Smallest = 8;

    private TraceRow[] _first = new TraceRow[Smallest];
    private TraceRow[] _last = [];
    private long _rows;
    private DateTimeOffset _saidAt;
    private bool _isTimed;

    public Peer Peer => peer;

    public DateTimeOffset Started { get; } = started;

    /// <summary>Bytes of the file below the block that was sent last: about what is acknowledged.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the whole file as sent, if that is known.</summary>
    public long? Size { get; private set; }

    /// <summary>Bytes of payload in a full block.</summary>
    public int BlockSize { get; private set; } = TransferParameters.DefaultBlockSize;

    /// <summary>Datagrams that were sent again.</summary>
    public long Resent { get; private set; }

    /// <summary>From an emission to the next ACK, smoothed as SRTT is (RFC 6298 §2.3); <c>null</c> until something was measured.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>When it said or heard something last.</summary>
    public DateTimeOffset LastAt { get; private set; } = started;

    /// <summary>What the ERROR said that ended it, be it the client's or ours.</summary>
    public ErrorReport? ErrorReport { get; private set; }

    /// <summary>Rows that are not kept.</summary>
    public long LeftOut => Math.Max(0, _rows - FirstMax - LastMax);

    /// <summary>Bytes in memory that the rows take.</summary>
    public int Memory => (_first.Length + _last.Length) * TraceRow.Size;

    public void Said(in Emission emission, DateTimeOffset now)
    {
        switch (emission.Kind)
        {
            case EmissionKind.Blocks:
                BlockSize = emission.Transfer.BlockSize;
                Size = emission.Transfer.Content.Length;
                Bytes = Math.Max(Bytes, (emission.FirstBlock - 1) * BlockSize);
                if (emission.IsRepeat) Resent += emission.BlockCount;
                Add(now, PacketKind.Data, false, emission.IsRepeat, emission.BlockCount, emission.FirstBlock, emission.LastLength);
                break;
            case EmissionKind.OptionAcknowledgment:
                if (emission.IsRepeat) Resent++;
                Add(now, PacketKind.OptionAcknowledgment, false, emission.IsRepeat);
                break;
            case EmissionKind.Error:
                ErrorReport = emission.ErrorReport;
                Add(now, PacketKind.Error, false, false);
                break;
            default:
                return;
        }

        (_saidAt, _isTimed) = (now, !emission.IsRepeat);
    }

    /// <param name="block">Of an ACK.</param>
    public void Heard(PacketKind kind, BlockNumber block, DateTimeOffset now)
    {
        Add(now, kind, true, false, block: block.Value);
        if (kind != PacketKind.Acknowledgment || !_isTimed) return;
        _isTimed = false;
        var measured = now - _saidAt;
        RoundTrip = RoundTrip is { } smoothed ? 0.875 * smoothed + 0.125 * measured : measured;
    }

    public void HeardError(ErrorReport report, DateTimeOffset now)
    {
        ErrorReport = report;
        Add(now, PacketKind.Error, true, false);
    }

    /// <summary>What is kept, in the order of time.</summary>
    /// <param name="firstOfRest">Where the rows behind the gap begin; the number of rows where there is none.</param>
    public TraceRow[] ToRows(out int firstOfRest)
    {
        var first = (int)Math.Min(_rows, FirstMax);
        var last = (int)Math.Min(_rows - first, LastMax);
        var rows = new TraceRow[first + last];
        _first.AsSpan(0, first).CopyTo(rows);
        var oldest = _rows - last - FirstMax;
        for (var number = 0; number < last; number++) rows[first + number] = _last[(oldest + number) % LastMax];
        firstOfRest = LeftOut > 0 ? first : rows.Length;
        return rows;
    }

    private void Add(DateTimeOffset now, PacketKind kind, bool isFromClient, bool isRepeat, int count = 1, long block = 0, int lastLength = 0)
    {
        LastAt = now;
        Place() = new TraceRow(TraceRow.TickOf(now - Started), kind, isFromClient, isRepeat, (ushort)count, (uint)block, (ushort)lastLength);
    }

    private ref TraceRow Place()
    {
        var number = _rows++;
        if (number < FirstMax)
        {
            if (number == _first.Length) Array.Resize(ref _first, FirstMax);
            return ref _first[number];
        }

        number -= FirstMax;
        if (number >= _last.Length && _last.Length < LastMax) Array.Resize(ref _last, _last.Length == 0 ? FirstMax : LastMax);
        return ref _last[number % LastMax];
    }
}
