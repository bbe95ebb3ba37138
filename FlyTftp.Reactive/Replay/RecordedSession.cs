using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>One session as the capture shows it: who, what, and how it ended then.</summary>
/// <param name="number">From 0, in the order of the requests; the same in every pass over a capture.</param>
/// <param name="flow">As the pipeline is to see it: the client, and the address and port that it asked.</param>
/// <param name="isMalformed">The request is one that this server passes over.</param>
internal sealed class RecordedSession(int number, Flow flow, Request request, bool isUpload, bool isMalformed, TimeSpan startedAt)
{
    /// <summary>Servers that may answer one broadcast.</summary>
    private const int MaxSiblings = 8;

    private readonly RecordedProgress _progress = new(isUpload, request.Options.Count > 0);
    private readonly int _place;

    /// <summary>Another server's answer to the same broadcast.</summary>
    public RecordedSession(int number, RecordedSession first, Endpoint server, TimeSpan at)
        : this(number, new Flow(first.Flow.Remote, server with { Port = first.Flow.Local.Port }), first.Request, first.IsUpload, first.IsMalformed, at)
    {
        _place = first._place + 1;
        StartedAt = first.StartedAt;
    }

    public int Number => number;

    public Flow Flow => flow;

    public Request Request => request;

    public bool IsUpload => isUpload;

    public bool IsMalformed => isMalformed;

    /// <summary>Its request was heard by another session's packet: it has to be delivered for this one.</summary>
    public bool IsSibling => _place > 0;

    public bool MayHaveSibling => _place < MaxSiblings;

    public TimeSpan StartedAt { get; private set; } = startedAt;

    public TimeSpan LastAt { get; private set; } = startedAt;

    /// <summary>The server that answered: its address, and its TID (RFC 1350 §4); <c>null</c> before that.</summary>
    public Endpoint? Server { get; private set; }

    /// <summary>How often it was asked for.</summary>
    public int Requests { get; set; } = 1;

    /// <summary>Packets that the network lost, by ICMP.</summary>
    public int NetworkErrors { get; private set; }

    public RecordedProgress Progress => _progress;

    /// <summary>The session that this one took the client's port from, until another one takes it.</summary>
    public RecordedSession? Previous { get; set; }

    /// <summary>The answer of another server to the same broadcast.</summary>
    public RecordedSession? Sibling { get; set; }

    /// <summary>Where it stands among the open ones, in the order of silence.</summary>
    public LinkedListNode<RecordedSession>? Node { get; set; }

    /// <summary>What runs now in its place.</summary>
    public ReplayedSession? Now { get; set; }

    /// <summary>What its last packet proves to be missing before it.</summary>
    public InferredAcks Inferred { get; private set; }

    /// <summary>Its reply came from another address than was asked, and that was none of many.</summary>
    public bool IsAnsweredByAnother => Server is { } server && !IsSibling && !IsBroadcast(flow.Local) && server with { Port = 0 } != flow.Local with { Port = 0 };

    /// <summary>The same request once more, while nothing has come of the first.</summary>
    public bool IsRepeat(Request again) => _progress.IsWaiting && request.Equals(again);

    public void FromClient(in Packet packet, int length, TimeSpan at)
    {
        LastAt = at;
        Inferred = _progress.FromClient(packet, length, at);
    }

    public void FromServer(in Packet packet, int length, bool isWhole, Endpoint server, TimeSpan at)
    {
        LastAt = at;
        Server ??= server;
        Inferred = _progress.FromServer(packet, length, isWhole, at);
    }

    /// <summary>The client has said by its packet where the server's TID is.</summary>
    public void Meets(Endpoint server) => Server ??= server;

    public void FromNetwork(string error, bool isAboutServer, TimeSpan at)
    {
        LastAt = at;
        NetworkErrors++;
        Inferred = default;
        _progress.FromNetwork(error, isAboutServer);
    }

    /// <param name="captureEnd">The last packet of the capture, for telling silence from a capture that was stopped.</param>
    public string OutcomeAt(TimeSpan captureEnd) => _progress.OutcomeAt(captureEnd);

    /// <summary>255.255.255.255, or multicast; that of a subnet cannot be told from a host's.</summary>
    public static bool IsBroadcast(Endpoint address) => address.IsIPv4 ? (uint)address.Low >= 0xE000_0000 : address.High >> 56 == 0xFF;
}
