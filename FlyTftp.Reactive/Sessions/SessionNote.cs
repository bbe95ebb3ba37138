using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What the pipeline has to tell people. A closed set of values: logs and metrics are made of nothing else.</summary>
public abstract record SessionNote(Flow Flow);

/// <summary>A session's client was sent something of a file, or the OACK, for the first time. Told by whoever sends, not by the pipeline.</summary>
public sealed record SessionBegan(Flow Flow) : SessionNote(Flow);

/// <summary>One session, told at its end: the unit of logs and metrics.</summary>
/// <param name="Granted">The OACK's options; empty without one.</param>
/// <param name="Size">Bytes the file has as sent, if that was ever known.</param>
/// <param name="Bytes">Bytes of the file acknowledged.</param>
/// <param name="Blocks">Blocks acknowledged.</param>
/// <param name="Retransmissions">Datagrams sent again, OACKs included.</param>
/// <param name="RoundTrip">The smoothed round trip (RFC 6298); <c>null</c> when nothing was measured.</param>
/// <param name="Detail">One clause more where the outcome needs it: the client's ERROR, the refusal's text, what failed. Unescaped.</param>
public sealed record SessionEnded(
    Flow Flow, Request Request, OptionSet Granted, Outcome Outcome, string? Detail, RefusalReason? Refusal,
    long? Size, long Bytes, long Blocks, long Retransmissions, TimeSpan? RoundTrip,
    DateTimeOffset Started, TimeSpan Duration) : SessionNote(Flow)
{
    /// <summary>The exception that has ended the session, with its stack, for the log: a bug. <c>null</c> for whatever can be expected.</summary>
    public Exception? Bug { get; init; }

    /// <summary>What it said and heard, where that was recorded.</summary>
    public SessionTrace? Trace { get; init; }
}

/// <summary>Why a datagram was passed over in silence.</summary>
public enum IgnoreReason : byte
{
    /// <summary>Not TFTP.</summary>
    Malformed,

    /// <summary>An ACK, DATA, OACK or ERROR from somebody without a session.</summary>
    Stray,

    /// <summary>It came to a broadcast or multicast address: whoever asks everybody is not answered.</summary>
    Broadcast,

    /// <summary>A request from port 0, to which nothing can be sent.</summary>
    PortZero,

    /// <summary>A request while <c>--sessions-max</c> sessions are running.</summary>
    TooManySessions,

    /// <summary>A request while no more files can be opened: too many are open, or wait for the disk.</summary>
    Busy,

    /// <summary>A request while the server is stopping.</summary>
    Draining,
}

/// <summary>A datagram that was not answered.</summary>
/// <param name="Detail">Constant text.</param>
public sealed record Ignored(Flow Flow, IgnoreReason Reason, string? Detail = null) : SessionNote(Flow);

/// <summary>An emission held back because the budget for unvalidated peers is spent.</summary>
/// <param name="Bytes">Bytes of UDP payload that were not sent.</param>
public sealed record Withheld(Flow Flow, int Bytes) : SessionNote(Flow);

/// <summary>Smaller blocks than asked for are granted, since larger ones seem to be lost on the way.</summary>
/// <param name="From">Bytes that would have been granted.</param>
/// <param name="To">Bytes that were.</param>
public sealed record BlockSizeLowered(Flow Flow, int From, int To) : SessionNote(Flow);

/// <summary>Blocks are held back for a while that cannot be foretold, to see whether the client waits for them.</summary>
public sealed record HeldBack(Flow Flow) : SessionNote(Flow);
