using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Boots;

/// <summary>One machine's boot, told so far: the same value for the log, a page, a terminal and a replay. Never changes.</summary>
/// <param name="Client">Port 0.</param>
/// <param name="Started">When its first packet came, as far as is known by now.</param>
/// <param name="LastAt">When its last transfer ended.</param>
public sealed record Boot(Endpoint Client, DateTimeOffset Started, DateTimeOffset LastAt)
{
    /// <summary>Tells it from other boots of the same client, however its story changes.</summary>
    public long Number { get; init; }

    /// <summary>No further step comes.</summary>
    public bool IsOver { get; init; }

    /// <summary>A transfer runs.</summary>
    public bool IsBusy { get; init; }

    /// <summary>Something was acknowledged, so that the address is most likely no forgery.</summary>
    public bool IsProven { get; init; }

    /// <summary>What the client looks like, each once, in the order of appearance: firmware hands over to a boot loader.</summary>
    public IReadOnlyList<ClientKind> Clients { get; init; } = [];

    /// <summary>Those that answered, or were asked, each once. Port 0.</summary>
    public IReadOnlyList<Endpoint> Servers { get; init; } = [];

    /// <summary>In the order of time; the first <see cref="BootStory.MaxSteps"/>.</summary>
    public IReadOnlyList<BootStep> Steps { get; init; } = [];

    /// <summary>What is wrong, each kind once a file.</summary>
    public IReadOnlyList<BootFinding> Findings { get; init; } = [];

    /// <summary>Steps that are not in <see cref="Steps"/>.</summary>
    public int StepsLeftOut { get; init; }

    /// <summary>Files fetched whole, and their bytes.</summary>
    public int Files { get; init; }

    public long Bytes { get; init; }

    public BootState State =>
        Findings.Count == 0 ? IsBusy ? BootState.Running : IsOver ? BootState.Ok : BootState.Waiting
        : Files == 0 && !IsBusy ? BootState.Failed
        : BootState.Warning;

    /// <summary>One line: <c>10.0.0.2 looks like iPXE, then GRUB; server 10.0.0.1</c>. Safe to print.</summary>
    public string Title =>
        $"{Client.Address} {(Clients.Count == 0 ? "is an unknown client" : $"looks like {string.Join(", then ", Clients.Select(static kind => kind.Name()))}")}"
        + (Servers.Count == 0 ? "" : $"; server{(Servers.Count > 1 ? "s" : "")} {string.Join(", ", Servers.Select(static server => server.Address))}");
}

public enum BootState : byte
{
    /// <summary>A transfer runs.</summary>
    Running,

    /// <summary>All is well so far, no transfer runs, and another may come.</summary>
    Waiting,
    Ok,

    /// <summary>Files were fetched or are being fetched, and something is wrong all the same.</summary>
    Warning,

    /// <summary>Something is wrong and no file was fetched.</summary>
    Failed,
}

public static class BootStateNames
{
    /// <summary>The spelling for data and style sheets.</summary>
    public static string Name(this BootState state) => state switch
    {
        BootState.Running => "running",
        BootState.Waiting => "waiting",
        BootState.Ok => "ok",
        BootState.Warning => "warning",
        _ => "failed",
    };
}

/// <param name="Text">Plain words, safe to print.</param>
/// <param name="IsWrong">It did not go as the client wanted, and that is not normal for it.</param>
public sealed record BootStep(DateTimeOffset At, string Text, bool IsWrong);

/// <summary>Kinds of findings: a closed list, so that it can label a metric.</summary>
public enum FindingKind : byte
{
    FileMissing,
    NameDiffers,
    ExtensionNotAllowed,
    NameRefused,
    Unreadable,
    LargeBlocksLost,
    NothingAcknowledged,
    ClientError,
    Restarted,
    LastAckLost,
    SlowRoundTrips,
    ManyBlocks,
    FellSilent,
    ServerSilent,
    Unanswered,
    Unreachable,
    AnsweredByAnother,
    DirectedElsewhere,
    WriteRefused,
    ServerFailed,
}

/// <param name="Text">What is wrong, then what to do about it. Safe to print.</param>
public sealed record BootFinding(FindingKind Kind, string Text);
