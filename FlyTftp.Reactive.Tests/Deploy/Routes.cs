using FlyTftp.Reactive.Server.Http;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>The paths that the program answers over HTTP.</summary>
internal static class Routes
{
    public static IReadOnlyList<string> All { get; } =
        [.. HealthRoutes.Build(new SharedProbe(static _ => ValueTask.FromResult(new ProbeResult(true, "")), TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System), static () => false, static () => "").Keys];
}
