using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// A request on its way through the filters. A filter does not drop it but refuses it: a refused admission travels on untouched, and the
/// last step turns it into one ERROR packet and one note.
/// </summary>
/// <param name="Peer">Who asks.</param>
/// <param name="Replies">
/// Everything else this peer sends while the session lasts; hot. Does not complete: the end of what arrives is silence, not an answer.
/// </param>
/// <param name="Started">When the request was admitted.</param>
public sealed record Admission(Peer Peer, IObservable<Packet> Replies, DateTimeOffset Started)
{
    public Request Request => Peer.Request;

    /// <summary>Why it will not be served; <c>null</c> as long as it may be.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>What the client sent to take its request back while the file was being opened; then nothing is answered.</summary>
    public Packet? Withdrawal { get; init; }

    /// <summary>What has gone wrong on this side: the client is told by ERROR 0.</summary>
    public string? Fault { get; init; }

    /// <summary>What the name has come to mean on its way; as the client wrote it until a rule says otherwise.</summary>
    public string Name { get; init; } = Peer.Request.FileName;

    /// <summary>Where to look first, then, when it is open, where it was found.</summary>
    public SafePath? Path { get; init; }

    /// <summary>Where to look next, in order, for what is not there.</summary>
    public IReadOnlyList<SafePath> Alternatives { get; init; } = [];

    /// <summary>Opened; whoever holds the admission last disposes it.</summary>
    public IContent? Content { get; init; }

    public TransferParameters Parameters { get; init; } = TransferParameters.Default;

    /// <summary>The OACK's options; empty: no OACK.</summary>
    public OptionSet Granted { get; init; } = OptionSet.Empty;

    /// <summary>Bytes of the block that would have been granted, if it got through on this path; 0: it is, or that was told before.</summary>
    public int LoweredFrom { get; init; }

    /// <summary>How the peer is made to prove that it receives; <c>null</c>: it need not.</summary>
    public ProofOfReceipt? Proof { get; init; }

    /// <summary>It was admitted before, and answered; <c>null</c>: it was not.</summary>
    internal HalfOpen? HalfOpen { get; init; }

    public bool IsStanding => Refusal is null && Withdrawal is null && Fault is null;

    public Admission Refuse(Refusal refusal) => this with { Refusal = refusal };

    /// <summary>This session's record, as far as it was never transferring anything.</summary>
    public SessionEnded End(Outcome outcome, string? detail, DateTimeOffset now) => new(
        Peer.Flow, Request, Granted, outcome, detail, Refusal?.Reason,
        Content?.Length, Bytes: 0, Blocks: 0, Retransmissions: 0, RoundTrip: null, Started, now - Started);
}
