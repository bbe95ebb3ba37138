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
}
