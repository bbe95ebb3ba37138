using FlyTftp.Reactive.Server.Http;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>The paths that the program answers over HTTP.</summary>
internal static class Routes
{
    public static IReadOnlyList<string> All { get; } =
        [.. HealthRoutes.Build(static _ => ValueTask.FromResult(new ProbeResult(true, "")), static () => false, static () => "", TimeProvider.System).Keys];
}
