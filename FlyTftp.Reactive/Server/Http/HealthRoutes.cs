using FlyTftp.Reactive.Server.Metrics;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>The paths that <c>--http</c> answers.</summary>
internal static class HealthRoutes
{
    /// <summary>How long one probe's result is good for.</summary>
    public static readonly TimeSpan ProbeIsFreshFor = TimeSpan.FromSeconds(1);

    /// <summary>A loopback download that takes longer means that the loop is stalled.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// <c>/healthz</c>: 200 or 503 by the probe. <c>/readyz</c>: 503 while draining, or while all places are taken. <c>/metrics</c>: the Prometheus text format.
    /// <c>/</c> lists them.
    /// </summary>
    public static IReadOnlyDictionary<string, HttpHandler> Build(
        SharedProbe probe, Func<bool> isDraining, Func<string> metrics, Func<bool>? isFull = null) =>
        new Dictionary<string, HttpHandler>(StringComparer.Ordinal)
        {
            ["/"] = _ => ValueTask.FromResult(HttpResponse.Text(200, "flytftp: /healthz /readyz /metrics")),
            ["/healthz"] = async cancellation => OfProbe(await probe.AskAsync().WaitAsync(cancellation).ConfigureAwait(false)),
            ["/readyz"] = _ => ValueTask.FromResult(
                isDraining() ? HttpResponse.Text(503, "draining")
                : isFull?.Invoke() == true ? HttpResponse.Text(503, "full: requests are passed over")
                : HttpResponse.Text(200, "ready")),
            ["/metrics"] = _ => ValueTask.FromResult(new HttpResponse(200, PrometheusText.ContentType, metrics())),
        };

    private static HttpResponse OfProbe(ProbeResult result) => HttpResponse.Text(result.IsHealthy ? 200 : 503, result.Detail);
}
