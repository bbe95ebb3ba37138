using FlyTftp.Reactive.Boots;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>What became of a boot: a closed set, so that it can label a metric.</summary>
internal enum BootEnding : byte
{
    Ok,

    /// <inheritdoc cref="BootState.Warning"/>
    Warning,

    /// <inheritdoc cref="BootState.Failed"/>
    Failed,

    /// <summary>Nothing was ever acknowledged: a forgery, or a path on which nothing arrives.</summary>
    Unproven,
}

internal static class BootEndings
{
    public static BootEnding Of(Boot boot) => !boot.IsProven ? BootEnding.Unproven : boot.State switch
    {
        BootState.Warning => BootEnding.Warning,
        BootState.Failed => BootEnding.Failed,
        _ => BootEnding.Ok,
    };
}
