namespace FlyTftp.Reactive.Protocol;

/// <summary>What a datagram turned out to be.</summary>
public enum PacketKind : byte
{
    /// <summary>Not TFTP; <see cref="Packet.Malformation"/> says why.</summary>
    Malformed,
    ReadRequest,
    WriteRequest,

    /// <summary>A well-formed request (name, mode, options) under an opcode that no RFC defines.</summary>
    UnknownRequest,
    Data,
    Acknowledgment,
    Error,
    OptionAcknowledgment,

    /// <summary>Never on the wire: the network says that nobody listens at the peer's port any more (ICMP port unreachable).</summary>
    Unreachable,

    /// <summary>Never on the wire: the network says that a packet to the peer was too large for a link (ICMP fragmentation needed, packet too big).</summary>
    TooBig,

    /// <summary>Never on the wire: the same peer has asked for something else.</summary>
    Superseded,

    /// <summary>Never on the wire: the same peer has sent the same request again.</summary>
    Repeated,

    /// <summary>Never on the wire: the server needs the session's place for others.</summary>
    Evicted,

    /// <summary>Never on the wire: the server needs the session's memory for others, as long as its peer does not answer.</summary>
    Suspended,
}

/// <summary>
/// A parsed packet. A flat value and not a family of records: an ACK costs no allocation, and ACKs are nearly all that a server
/// receives (docs/adr/0002). The payload of DATA is not in it; it is the datagram from <see cref="PacketReader.DataOffset"/> on.
/// </summary>
public readonly struct Packet
{
    private readonly object? _body;

    private Packet(PacketKind kind, BlockNumber block, object? body)
    {
        Kind = kind;
        Block = block;
        _body = body;
    }

    public PacketKind Kind { get; }

    /// <summary>Of DATA and ACK, and the quoted one of what the network says; otherwise 0.</summary>
    public BlockNumber Block { get; }

    /// <summary>Of <see cref="PacketKind.Unreachable"/>: the network has quoted what could not be delivered.</summary>
    public bool HasQuote => _body is not null;

    /// <summary>Of <see cref="PacketKind.TooBig"/>: bytes that the link takes, headers included.</summary>
    public int Mtu => (int)_body!;

    /// <summary>Of the three kinds for which <see cref="IsRequest"/> holds.</summary>
    public Request Request => (Request)_body!;

    /// <summary>Of ERROR.</summary>
    public ErrorReport ErrorReport => (ErrorReport)_body!;

    /// <summary>Of OACK.</summary>
    public OptionSet Options => (OptionSet)_body!;

    /// <summary>Of <see cref="PacketKind.Malformed"/>: what is wrong, a constant text without any input in it.</summary>
    public string Malformation => (string)_body!;

    public bool IsRequest => Kind is PacketKind.ReadRequest or PacketKind.WriteRequest or PacketKind.UnknownRequest;

    public static Packet OfRequest(PacketKind kind, Request request) => new(kind, default, request);

    public static Packet OfData(BlockNumber block) => new(PacketKind.Data, block, null);

    public static Packet OfAcknowledgment(BlockNumber block) => new(PacketKind.Acknowledgment, block, null);

    public static Packet OfError(ErrorReport report) => new(PacketKind.Error, default, report);

    public static Packet OfOptionAcknowledgment(OptionSet options) => new(PacketKind.OptionAcknowledgment, default, options);

    public static Packet OfMalformation(string what) => new(PacketKind.Malformed, default, what);

    public static Packet Unreachable { get; } = new(PacketKind.Unreachable, default, null);

    /// <param name="block">Of the DATA that could not be delivered; 0 for an OACK.</param>
    public static Packet OfUnreachable(BlockNumber block) => new(PacketKind.Unreachable, block, "");

    /// <param name="block">Of the DATA that was too large.</param>
    /// <param name="mtu">Bytes that the link takes, headers included.</param>
    public static Packet OfTooBig(BlockNumber block, int mtu) => new(PacketKind.TooBig, block, mtu);

    public static Packet Superseded { get; } = new(PacketKind.Superseded, default, null);

    public static Packet Repeated { get; } = new(PacketKind.Repeated, default, null);

    public static Packet Evicted { get; } = new(PacketKind.Evicted, default, null);

    public static Packet Suspended { get; } = new(PacketKind.Suspended, default, null);

    /// <summary>In the RFC's words: <c>ACK 3</c>, <c>RRQ "pxelinux.0" octet blksize=1432</c>. For logs and transcripts, not for the wire.</summary>
    public override string ToString() => Kind switch
    {
        PacketKind.ReadRequest => $"RRQ {Describe(Request)}",
        PacketKind.WriteRequest => $"WRQ {Describe(Request)}",
        PacketKind.UnknownRequest => $"request of unknown opcode {Describe(Request)}",
        PacketKind.Data => $"DATA {Block}",
        PacketKind.Acknowledgment => $"ACK {Block}",
        PacketKind.Error => $"ERROR {(int)ErrorReport.Code} \"{Printable.Quote(ErrorReport.Message)}\"",
        PacketKind.OptionAcknowledgment => $"OACK {Printable.Escape(Options.ToString())}",
        PacketKind.Unreachable => "ICMP port unreachable",
        PacketKind.TooBig => $"ICMP packet too big, MTU {Mtu}",
        PacketKind.Superseded => "superseded",
        PacketKind.Repeated => "the same request again",
        PacketKind.Evicted => "its place was needed",
        PacketKind.Suspended => "its memory was needed",
        _ => $"malformed: {Malformation}",
    };

    private static string Describe(Request request) =>
        $"\"{Printable.Quote(request.FileName)}\" " + Printable.Escape(request.Options.Count == 0 ? request.Mode : $"{request.Mode} {request.Options}");
}
