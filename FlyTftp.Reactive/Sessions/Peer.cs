using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// One session's state that more than one operator of its query looks at. Touched on the pipeline's scheduler only.
/// </summary>
public sealed class Peer(Flow flow, Request request)
{
    public Flow Flow { get; } = flow;

    /// <summary>The request that opened the session.</summary>
    public Request Request { get; } = request;

    /// <summary>The request went to everybody: it is answered with the file or not at all, as another server may have it.</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>The client has answered with an ACK that was awaited, be it ACK 0.</summary>
    public bool HasAcknowledged { get; set; }

    /// <summary>
    /// The client has acknowledged a DATA block. Only now is it likely that the address is no forgery: ACK 0 can be guessed
    /// (RFC 9000 §8.1 argues the same for QUIC).
    /// </summary>
    public bool IsValidated { get; set; }

    /// <summary>Bytes of UDP payload that came from the client in this session.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>Bytes of UDP payload sent to the client while it was not validated.</summary>
    public long SentBytes { get; set; }

    /// <summary>
    /// The client has answered what was emitted last, and the next is not there yet: what is left of that is not to be sent any more, and its
    /// bytes may be gone.
    /// </summary>
    public bool IsAnswered { get; set; }

    /// <summary>The last emission was not sent, for want of budget: it does not count as an attempt.</summary>
    public bool IsWithheld { get; set; }
}
