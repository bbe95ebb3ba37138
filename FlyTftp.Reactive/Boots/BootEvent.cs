using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Boots;

/// <summary>Something that belongs to the boot of one machine. A closed set.</summary>
/// <param name="Client">The machine's address; the port does not count.</param>
/// <param name="Ended">Not before <paramref name="Started"/>.</param>
public abstract record BootEvent(Endpoint Client, DateTimeOffset Started, DateTimeOffset Ended);

/// <summary>A transfer has begun: the client was sent something of a file, or the OACK. The <see cref="BootTransfer"/> of the same port is its end.</summary>
public sealed record BootTransferBegan(Endpoint Client, DateTimeOffset At) : BootEvent(Client, At, At);

/// <summary>How a transfer ended: the pipeline's outcomes, and those that only a capture knows.</summary>
public enum TransferEnding : byte
{
    Complete,
    Unconfirmed,
    Probe,
    Closed,
    Refused,

    /// <summary>The client fell silent.</summary>
    GaveUp,
    Faulted,

    /// <summary>The server fell silent while the client asked on.</summary>
    ServerSilent,

    /// <summary>No reply was captured.</summary>
    Unanswered,

    /// <summary>The network said that the server cannot be reached; the detail says how.</summary>
    Unreachable,

    /// <summary>The capture ended first.</summary>
    Unfinished,

    /// <summary>The capture lacks the packets that would tell.</summary>
    NotCaptured,
}

/// <summary>A transfer that is over.</summary>
/// <param name="Server">The address that answered, or was asked if none did.</param>
public sealed record BootTransfer(
    Endpoint Client, Endpoint Server, Request Request, TransferEnding Ending, DateTimeOffset Started, DateTimeOffset Ended)
    : BootEvent(Client, Started, Ended)
{
    public OptionSet Granted { get; init; } = OptionSet.Empty;

    /// <summary>The client's or the server's ERROR, or the network's ICMP. Unescaped.</summary>
    public string? Detail { get; init; }

    /// <summary>Why this server refused it, or would; <c>null</c>: it did not, or another server did.</summary>
    public RefusalReason? Refusal { get; init; }

    /// <summary>Bytes of the file, if known.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes and blocks acknowledged.</summary>
    public long Bytes { get; init; }

    public long Blocks { get; init; }

    /// <summary>Something was acknowledged, be it the OACK.</summary>
    public bool HasAcknowledged { get; init; }

    public TimeSpan? RoundTrip { get; init; }

    /// <summary>How often it was asked for before a reply.</summary>
    public int Requests { get; init; } = 1;

    public bool IsUpload { get; init; }

    /// <summary>A file that is there and has nearly this name.</summary>
    public string? NearestName { get; init; }

    /// <summary>Where the reply came from, if from another address than was asked. Many clients refuse such replies.</summary>
    public bool IsAnsweredByAnother { get; init; }

    /// <summary>The record of one of this server's own sessions.</summary>
    public static BootTransfer Of(SessionEnded note) => new(
        note.Flow.Remote, note.Flow.Local, note.Request, EndingOf(note.Outcome), note.Started, note.Started + note.Duration)
    {
        Granted = note.Granted,
        Detail = note.Detail,
        Refusal = note.Refusal,
        Size = note.Size,
        Bytes = note.Bytes,
        Blocks = note.Blocks,
        HasAcknowledged = note.Blocks > 0 || note.RoundTrip is not null || note.Outcome is Outcome.Complete or Outcome.Unconfirmed or Outcome.Probe,
        RoundTrip = note.RoundTrip,
        IsUpload = note.Refusal == RefusalReason.WriteRequest,
    };

    private static TransferEnding EndingOf(Outcome outcome) => outcome switch
    {
        Outcome.Complete => TransferEnding.Complete,
        Outcome.Unconfirmed => TransferEnding.Unconfirmed,
        Outcome.Probe => TransferEnding.Probe,
        Outcome.Closed => TransferEnding.Closed,
        Outcome.Refused => TransferEnding.Refused,
        Outcome.GaveUp => TransferEnding.GaveUp,
        _ => TransferEnding.Faulted,
    };
}

/// <summary>A DHCP server told the machine where to boot from.</summary>
/// <param name="By">The DHCP server.</param>
/// <param name="Server">Whom it named: an address or a name; <c>null</c>: nobody.</param>
/// <param name="File">What it named; <c>null</c>: nothing.</param>
/// <param name="IsProxy">It named a boot file and gave no address (proxyDHCP).</param>
public sealed record BootDirection(Endpoint Client, DateTimeOffset At, Endpoint By, string? Server, string? File, bool IsProxy)
    : BootEvent(Client, At, At)
{
    /// <summary>The client's processor and firmware by option 93 (RFC 4578 §2.1), in words.</summary>
    public string? Architecture { get; init; }
}
