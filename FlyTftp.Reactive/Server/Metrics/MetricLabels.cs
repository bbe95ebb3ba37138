using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>How the values of closed sets are spelled in labels. Renaming one breaks people's dashboards.</summary>
internal static class MetricLabels
{
    public static string Name(this RefusalReason reason) => reason switch
    {
        RefusalReason.WriteRequest => "write-request",
        RefusalReason.UnknownOpcode => "unknown-opcode",
        RefusalReason.UnknownMode => "unknown-mode",
        RefusalReason.Extension => "extension",
        RefusalReason.UnsafePath => "unsafe-path",
        RefusalReason.Rule => "rule",
        RefusalReason.NotFound => "not-found",
        _ => "unreadable",
    };

    public static string Name(this IgnoreReason reason) => reason switch
    {
        IgnoreReason.Malformed => "malformed",
        IgnoreReason.Stray => "stray",
        IgnoreReason.Broadcast => "broadcast",
        IgnoreReason.PortZero => "port-zero",
        IgnoreReason.TooManySessions => "too-many-sessions",
        IgnoreReason.Busy => "busy",
        _ => "draining",
    };

    public static string Name(this BootEnding ending) => ending switch
    {
        BootEnding.Ok => "ok",
        BootEnding.Warning => "warning",
        BootEnding.Failed => "failed",
        _ => "unproven",
    };

    public static string Name(this FindingKind kind) => kind switch
    {
        FindingKind.FileMissing => "file-missing",
        FindingKind.NameDiffers => "name-differs",
        FindingKind.ExtensionNotAllowed => "extension-not-allowed",
        FindingKind.NameRefused => "name-refused",
        FindingKind.Unreadable => "unreadable",
        FindingKind.LargeBlocksLost => "large-blocks-lost",
        FindingKind.NothingAcknowledged => "nothing-acknowledged",
        FindingKind.ClientError => "client-error",
        FindingKind.Restarted => "restarted",
        FindingKind.LastAckLost => "last-ack-lost",
        FindingKind.SlowRoundTrips => "slow-round-trips",
        FindingKind.ManyBlocks => "many-blocks",
        FindingKind.FellSilent => "fell-silent",
        FindingKind.ServerSilent => "server-silent",
        FindingKind.Unanswered => "unanswered",
        FindingKind.Unreachable => "unreachable",
        FindingKind.AnsweredByAnother => "answered-by-another",
        FindingKind.DirectedElsewhere => "directed-elsewhere",
        FindingKind.WriteRefused => "write-refused",
        _ => "server-failed",
    };
}
