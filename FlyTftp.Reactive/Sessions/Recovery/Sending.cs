namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>What an emission is of the window in flight.</summary>
internal enum Sending : byte
{
    /// <summary>All of it, for the first time as this window.</summary>
    New,

    /// <summary>The last block again: a client that misses one before it will say so, one that has all will repeat its ACK (RFC 8985 §7).</summary>
    Probe,

    /// <summary>The first again and the last: who lacks the first and has said so once (U-Boot) says nothing more before that one is there.</summary>
    Ends,

    /// <summary>All of it again.</summary>
    All,

    /// <summary>Nothing yet: a round of a challenge is held back.</summary>
    Held,

    /// <summary>That round (<see cref="Peers.ProofOfReceipt"/>).</summary>
    Round,
}
