using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What an <see cref="Emission"/> is.</summary>
public enum EmissionKind : byte
{
    /// <summary>Nothing to send: a note for logs and metrics.</summary>
    Note,

    /// <summary>A run of DATA packets.</summary>
    Blocks,
    OptionAcknowledgment,
    Error,
}

/// <summary>
/// What the pipeline says, as a value; the edge turns it into bytes. One emission may stand for a whole window, so that it can leave in
/// one system call. A flat value for the same reason as <see cref="Packet"/> (docs/adr/0002): a window costs no allocation.
/// </summary>
public readonly struct Emission
{
    private readonly object _body;
    private readonly TimeSpan _interval;
    private readonly int _burst;

    private Emission(EmissionKind kind, Peer? peer, object body, long first = 0, int count = 0, int lastLength = 0, bool isRepeat = false, int step = 1,
        Pacing pacing = default, bool leavesOneOut = false)
    {
        Kind = kind;
        LeavesOneOut = leavesOneOut;
        Peer = peer;
        _body = body;
        FirstBlock = first;
        BlockCount = count;
        LastLength = lastLength;
        IsRepeat = isRepeat;
        Step = step;
        _burst = pacing.Burst;
        _interval = pacing.Interval;
    }

    public EmissionKind Kind { get; }

    /// <summary>Whose session it belongs to. <c>null</c> for a note about a datagram that belongs to none.</summary>
    public Peer? Peer { get; }

    /// <summary>Of <see cref="EmissionKind.Blocks"/>: the index of the first, from 1.</summary>
    public long FirstBlock { get; }

    /// <summary>Of <see cref="EmissionKind.Blocks"/>: how many, at least 1.</summary>
    public int BlockCount { get; }

    /// <summary>Of <see cref="EmissionKind.Blocks"/>: bytes of payload in the last of them; in all others it is the block size.</summary>
    public int LastLength { get; }

    /// <summary>From one block's index to the next one's: 1, but for a window's first and last block without those between them.</summary>
    public int Step { get; }

    /// <summary>The last of the blocks is not the next one but the one after that: between them one is left out.</summary>
    public bool LeavesOneOut { get; }

    /// <summary>Of <see cref="EmissionKind.Blocks"/>: the index of the last.</summary>
    public long LastBlock => BlockOf(BlockCount - 1);

    /// <summary>Of <see cref="EmissionKind.Blocks"/>: how they are to be spread over time.</summary>
    public Pacing Pacing => new(_burst, _interval);

    /// <summary>Some of it, or all, was sent before.</summary>
    public bool IsRepeat { get; }

    public Transfer Transfer => (Transfer)_body;

    public OptionSet Options => (OptionSet)_body;

    public ErrorReport ErrorReport => (ErrorReport)_body;

    public SessionNote SessionNote => (SessionNote)_body;

    /// <summary>How many datagrams it becomes.</summary>
    public int DatagramCount => Kind switch { EmissionKind.Note => 0, EmissionKind.Blocks => BlockCount, _ => 1 };

    /// <summary>Bytes of UDP payload in all its datagrams.</summary>
    public int Length => Kind switch
    {
        EmissionKind.Blocks => (BlockCount - 1) * (Transfer.BlockSize + PacketReader.DataOffset) + LastLength + PacketReader.DataOffset,
        EmissionKind.OptionAcknowledgment => PacketWriter.LengthOf(Options),
        EmissionKind.Error => PacketWriter.LengthOf(ErrorReport),
        _ => 0,
    };

    public static Emission Blocks(
        Peer peer, Transfer transfer, long first, int count, int lastLength, bool isRepeat, int step = 1, Pacing pacing = default,
        bool leavesOneOut = false) =>
        new(EmissionKind.Blocks, peer, transfer, first, count, lastLength, isRepeat, step, pacing, leavesOneOut);

    public static Emission OptionAcknowledgment(Peer peer, OptionSet options, bool isRepeat) =>
        new(EmissionKind.OptionAcknowledgment, peer, options, isRepeat: isRepeat);

    public static Emission Error(Peer peer, ErrorReport report) => new(EmissionKind.Error, peer, report);

    public static Emission Note(Peer? peer, SessionNote note) => new(EmissionKind.Note, peer, note);

    /// <summary>Some of its blocks, to be sent at once.</summary>
    /// <param name="number">0 is the first.</param>
    public Emission Part(int number, int count) => new(
        Kind, Peer, _body, FirstBlock + (long)number * Step, count, number + count == BlockCount ? LastLength : Transfer.BlockSize, IsRepeat, Step);

    /// <summary>
    /// Writes one of its datagrams. To be called while the emission is being delivered: only then are a block's bytes sure to be loaded.
    /// </summary>
    /// <param name="number">0 to <see cref="DatagramCount"/> − 1.</param>
    /// <returns>Bytes written.</returns>
    public int WriteDatagram(int number, Span<byte> destination) => Kind switch
    {
        EmissionKind.Blocks => Transfer.WriteBlock(BlockOf(number), destination),
        EmissionKind.OptionAcknowledgment => PacketWriter.WriteOptionAcknowledgment(destination, Options),
        EmissionKind.Error => PacketWriter.WriteError(destination, ErrorReport),
        _ => throw new InvalidOperationException("A note is not sent."),
    };

    /// <summary>In the RFC's words: <c>DATA 1..8</c>, <c>OACK blksize=1428</c>.</summary>
    public override string ToString() => Kind switch
    {
        EmissionKind.Blocks when BlockCount == 1 => $"DATA {BlockNumber.Of(FirstBlock)} ({LastLength} bytes)",
        EmissionKind.Blocks when LeavesOneOut =>
            $"DATA {BlockNumber.Of(FirstBlock)}..{BlockNumber.Of(LastBlock)} without {BlockNumber.Of(LastBlock - 1)}",
        EmissionKind.Blocks when Step > 1 => $"DATA {BlockNumber.Of(FirstBlock)}, {BlockNumber.Of(FirstBlock + Step)}",
        EmissionKind.Blocks => $"DATA {BlockNumber.Of(FirstBlock)}..{BlockNumber.Of(FirstBlock + BlockCount - 1)}",
        EmissionKind.OptionAcknowledgment => Packet.OfOptionAcknowledgment(Options).ToString(),
        EmissionKind.Error => Packet.OfError(ErrorReport).ToString(),
        _ => SessionNote.ToString(),
    };

    /// <summary>Of <see cref="EmissionKind.Blocks"/>: the index of one of them.</summary>
    /// <param name="number">0 is the first.</param>
    public long BlockOf(int number) => FirstBlock + (long)number * Step + (LeavesOneOut && number == BlockCount - 1 ? 1 : 0);
}
