using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What is known of a peer (docs/security.md).</summary>
public enum PeerKind : byte
{
    /// <summary>It has sent a request, or somebody has in its name.</summary>
    Unknown,

    /// <summary>An ACK came that was awaited. Block numbers hold no secret: it may have been guessed.</summary>
    Answered,

    /// <summary>It has shown that it receives what is sent to it.</summary>
    Proven,
}

/// <summary>
/// One session's state that more than one operator of its query looks at. Touched on the pipeline's scheduler only.
/// </summary>
public sealed class Peer(Flow flow, Request request)
{
    // With UDP's.
    private const int IPv4Headers = 28, IPv6Headers = 48;

    public Flow Flow { get; } = flow;

    /// <summary>The request that opened the session.</summary>
    public Request Request { get; } = request;

    /// <summary>The request went to everybody: it is answered with the file or not at all, as another server may have it.</summary>
    public bool IsBroadcast { get; init; }

    public PeerKind Kind { get; set; }

    /// <summary>The client has answered with an ACK that was awaited, be it ACK 0.</summary>
    public bool HasAcknowledged
    {
        get => Kind != PeerKind.Unknown;
        set => Kind = !value ? PeerKind.Unknown : Kind == PeerKind.Unknown ? PeerKind.Answered : Kind;
    }

    /// <summary>The client has acknowledged a DATA block. That may have been guessed too: it proves nothing and costs as before.</summary>
    public bool IsValidated { get; set; }

    /// <summary>Its address is known to be no forgery: it is on loopback, which cannot be forged from outside, or in a recording.</summary>
    public bool IsTrusted { get; init; } = flow.Remote.IsLoopback;

    /// <summary>Nothing that goes to it is charged.</summary>
    public bool IsFree => IsTrusted || Kind == PeerKind.Proven;

    /// <summary>Bytes of UDP payload in the requests that came from the client for this session.</summary>
    public long RequestBytes { get; set; }

    /// <summary>Bytes of UDP payload sent to the client while they were not free.</summary>
    public long SentBytes { get; set; }

    /// <summary>
    /// The client has answered what was emitted last, and the next is not there yet: what is left of that is not to be sent any more, and its
    /// bytes may be gone.
    /// </summary>
    public bool IsAnswered { get; set; }

    /// <summary>Bytes that may be sent beyond <see cref="AmplificationBudget.FreeFactor"/> times <see cref="RequestBytes"/>: somebody was charged for them.</summary>
    public long CoveredBytes { get; set; }

    /// <summary>How many of these the peer's network was charged, from the bucket of peers that have only asked.</summary>
    public long ChargedUnknown { get; set; }

    /// <summary>The same from the bucket of peers that have answered.</summary>
    public long ChargedAnswered { get; set; }

    /// <summary>The last emission was not sent, for want of budget: it does not count as an attempt.</summary>
    public bool IsWithheld { get; set; }

    /// <summary>Blocks sent and not acknowledged: the first and the last. The OACK counts as block 0; −1: nothing is in flight.</summary>
    public (long First, long Last) InFlight { get; set; } = (-1, -1);

    /// <summary>The highest block that has gone out; not yet what is still being spread over time (<see cref="Pacing"/>). 0: none, or the OACK.</summary>
    public long HighestSent { get; private set; }

    /// <summary>The client may be done: the last window is in flight, or an ERROR or ICMP has come, and no ACK since that goes forward.</summary>
    public bool IsClosing { get; set; }

    /// <summary>When that was sent last.</summary>
    public DateTimeOffset SentAt { get; set; }

    /// <summary>The smoothed round trip (RFC 6298); <c>null</c> until something was measured.</summary>
    public TimeSpan? RoundTrip { get; set; }

    /// <summary>Bytes of the file acknowledged.</summary>
    public long AcknowledgedBytes { get; set; }

    /// <summary>A block that was not the file's last has been acknowledged: its size gets through.</summary>
    public bool HasPassedBlock { get; set; }

    /// <summary>The largest packet that the path takes, as an ICMP message has said that quotes what is in flight; 0: none has, or it was refuted.</summary>
    public int PathMtu { get; private set; }

    /// <summary>That has come true as far as anybody can tell: what is sent may be cut into fragments.</summary>
    public bool TakesFragments { get; private set; }

    /// <summary>Believes an ICMP message that quotes what is in flight.</summary>
    public void Learn(in Packet tooBig)
    {
        if (Awaits(tooBig.Block)) PathMtu = tooBig.Mtu;
    }

    /// <summary>Whether that is true shows when the blocks that it is about have to be sent again, or are acknowledged as they were sent.</summary>
    public void ConfirmPathMtu(bool isTrue) => (PathMtu, TakesFragments) = (isTrue ? PathMtu : 0, isTrue);

    /// <summary>Bytes of the largest block in a packet of <paramref name="mtu"/> bytes.</summary>
    public int BlockSizeOf(int mtu) => mtu - (Flow.Remote.IsIPv4 ? IPv4Headers : IPv6Headers) - PacketReader.DataOffset;

    /// <summary>A <see cref="SessionBegan"/> was told.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>What the session says and hears is recorded here; <c>null</c>: it is not.</summary>
    public RunningTrace? Trace { get; internal set; }

    /// <summary>How far <see cref="Trace"/> has come.</summary>
    internal RunningTrace.Position Recorded { get; set; }

    /// <summary>What the session's query has left behind when it was let go until the peer answers; <c>null</c>: there is one.</summary>
    internal HalfOpen? HalfOpen { get; set; }

    /// <summary>So much could be sent without any charge.</summary>
    public bool IsFreeOf(long bytes) => IsTrusted || SentBytes + bytes <= AmplificationBudget.FreeFactor * RequestBytes;

    /// <summary>What a query that is subscribed to again goes on from.</summary>
    internal HalfOpen? TakeHalfOpen()
    {
        var halfOpen = HalfOpen;
        HalfOpen = null;
        return halfOpen;
    }

    internal void NoteSent(long block) => HighestSent = Math.Max(HighestSent, block);

    /// <summary>An ACK of this number would answer what is in flight.</summary>
    public bool Awaits(BlockNumber block) => InFlight.Last >= 0 && block.IndexAtOrBelow(InFlight.Last) >= InFlight.First;
}
