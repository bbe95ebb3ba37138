using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// The flight recorder of one running session: how it began and how it went on last, as compact rows. Of what lies between it keeps the
/// number of rows. Can be used again for the next session. Touched on the pipeline's scheduler only.
/// </summary>
/// <remarks>
/// Among 10,000 sessions it is in no processor's cache, so a datagram must not have to read it: it writes a row, and where the row belongs is
/// in the <see cref="Peer"/>, which every datagram reads anyway.
/// </remarks>
/// <param name="ring">Of <see cref="RowsMax"/> rows; what is in it does not matter.</param>
public sealed class RunningTrace(ArraySegment<TraceRow> ring)
{
    /// <summary>Rows kept of the beginning, and of the end.</summary>
    public const int FirstMax = 32, LastMax = 96, RowsMax = FirstMax + LastMax;

    private LinkedListNode<RunningTrace>? _node;
    private uint _start;
    private int _shortLength;
    private ErrorReport? _errorReport;

    /// <summary>Its place in the list of whoever keeps the traces of all sessions.</summary>
    internal LinkedListNode<RunningTrace> Node => _node ??= new LinkedListNode<RunningTrace>(this);

    /// <summary>Whose session it is; <c>null</c>: nobody's.</summary>
    public Peer? Peer { get; private set; }

    public DateTimeOffset Started { get; private set; }

    /// <summary>Bytes of the whole file as sent, if that is known.</summary>
    public long? Size { get; private set; }

    /// <summary>Bytes of payload in a full block.</summary>
    public int BlockSize { get; private set; }

    /// <summary>Datagrams that were sent again.</summary>
    public long Resent { get; private set; }

    /// <summary>When somebody looked at it last, and the bytes that were acknowledged then.</summary>
    internal (DateTimeOffset At, long Bytes) Looked { get; set; }

    /// <summary>Forgets what it has recorded, and records from now on what this peer's session says and hears.</summary>
    public void Begin(Peer peer, DateTimeOffset now)
    {
        (Peer, peer.Trace, peer.Recorded, Looked) = (peer, this, new Position(ring, 0, 0, false), (now, 0));
        (Started, _start, Size, BlockSize, Resent, _shortLength, _errorReport) = (now, TraceRow.TickOf(now), null, TransferParameters.DefaultBlockSize, 0, 0, null);
        // The request came before there was anything to record it in.
        Heard(peer, Packet.Repeated, now);
    }

    /// <summary>What a session says, into its peer's trace, which there is.</summary>
    /// <returns>Bytes of the file that were acknowledged since it said something last.</returns>
    public static long Said(in Emission emission, DateTimeOffset now)
    {
        var peer = emission.Peer!;
        var tick = TraceRow.TickOf(now);
        switch (emission.Kind)
        {
            case EmissionKind.Blocks:
                if (!peer.Recorded.HasBlocks)
                {
                    (peer.Trace!.BlockSize, peer.Trace.Size) = (emission.Transfer.BlockSize, emission.Transfer.Content.Length);
                    peer.Recorded = peer.Recorded with { HasBlocks = true };
                }

                if (emission.IsRepeat) peer.Trace!.Resent += emission.BlockCount;
                AddBlocks(peer, emission, tick);
                break;
            case EmissionKind.OptionAcknowledgment:
                if (emission.IsRepeat) peer.Trace!.Resent++;
                Add(peer, new TraceRow(tick, PacketKind.OptionAcknowledgment, isFromClient: false, emission.IsRepeat));
                break;
            case EmissionKind.Error:
                peer.Trace!._errorReport = emission.ErrorReport;
                Add(peer, new TraceRow(tick, PacketKind.Error, isFromClient: false));
                break;
        }

        var before = peer.Recorded.Bytes;
        peer.Recorded = peer.Recorded with { Bytes = peer.AcknowledgedBytes };
        return peer.AcknowledgedBytes - before;
    }

    /// <summary>What a session hears, into its peer's trace, if there is one.</summary>
    public static void Heard(Peer peer, in Packet packet, DateTimeOffset now)
    {
        if (peer.Trace is null) return;
        var tick = TraceRow.TickOf(now);
        switch (packet.Kind)
        {
            case PacketKind.Acknowledgment:
                Add(peer, new TraceRow(tick, PacketKind.Acknowledgment, isFromClient: true, block: packet.Block.Value));
                break;
            case PacketKind.Repeated:
                Add(peer, new TraceRow(tick, PacketKind.ReadRequest, isFromClient: true));
                break;
            case PacketKind.Error:
                peer.Trace._errorReport = packet.ErrorReport;
                Add(peer, new TraceRow(tick, PacketKind.Error, isFromClient: true));
                break;
            case PacketKind.Unreachable:
                Add(peer, new TraceRow(tick, PacketKind.Unreachable, isFromClient: true));
                break;
        }
    }

    /// <summary>Since it said or heard something last.</summary>
    public TimeSpan SilentFor(DateTimeOffset now) => (TraceRow.TickOf(now) - ring[Place(Peer!.Recorded.Rows - 1)].Tick) * TraceRow.Resolution;

    /// <summary>What is kept of a session that is over. From now on nothing of it is recorded.</summary>
    public SessionTrace End()
    {
        var count = Peer!.Recorded.Rows;
        var first = (int)Math.Min(count, FirstMax);
        var last = (int)Math.Min(count - first, LastMax);
        var rows = new TraceRow[first + last];
        for (var number = 0; number < rows.Length; number++) rows[number] = ring[Place(number < first ? number : count - rows.Length + number)].Since(_start);
        Peer.Trace = null;
        Peer = null;
        return new SessionTrace(rows) { LeftOut = count - rows.Length, BlockSize = BlockSize, ShortLength = _shortLength, ErrorReport = _errorReport };
    }

    // A row is a run of blocks, each the next one's neighbour.
    private static void AddBlocks(Peer peer, in Emission emission, uint tick)
    {
        var isWhole = emission.Step == 1 && !emission.LeavesOneOut;
        var endsShort = emission.LastLength != emission.Transfer.BlockSize;
        if (endsShort) peer.Trace!._shortLength = emission.LastLength;
        var run = isWhole ? emission.BlockCount : emission.BlockCount - 1;
        for (var done = 0; done < run; done += TraceRow.CountMax)
        {
            var count = Math.Min(run - done, TraceRow.CountMax);
            Add(peer, new TraceRow(tick, PacketKind.Data, false, emission.IsRepeat, count, emission.FirstBlock + done, isWhole && endsShort && done + count == run));
        }

        if (!isWhole) Add(peer, new TraceRow(tick, PacketKind.Data, false, emission.IsRepeat, 1, emission.LastBlock, endsShort));
    }

    private static void Add(Peer peer, TraceRow row)
    {
        var (recorded, rows) = (peer.Recorded, peer.Recorded.Ring);
        rows[Place(recorded.Rows)] = row;
        peer.Recorded = recorded with { Rows = recorded.Rows + 1 };
    }

    private static int Place(long number) => (int)(number < FirstMax ? number : FirstMax + (number - FirstMax) % LastMax);

    /// <summary>How far a session is recorded.</summary>
    /// <param name="Bytes">Acknowledged when something was said last.</param>
    /// <param name="HasBlocks">Blocks were said.</param>
    internal readonly record struct Position(ArraySegment<TraceRow> Ring, long Rows, long Bytes, bool HasBlocks);
}
