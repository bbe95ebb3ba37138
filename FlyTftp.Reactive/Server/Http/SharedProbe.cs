using System.Net.Sockets;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>What a probe found.</summary>
/// <param name="Detail">One clause for people: what was done, or why it failed.</param>
internal readonly record struct ProbeResult(bool IsHealthy, string Detail);

/// <summary>
/// Runs a probe at most once at a time and at most once per <paramref name="freshFor"/>: whoever asks meanwhile shares the result, so
/// that no number of health checks costs more than one download. Safe on any thread.
/// </summary>
/// <param name="timeout">A probe that takes longer counts as failed, even if it ignores its token.</param>
internal sealed class SharedProbe(
    Func<CancellationToken, ValueTask<ProbeResult>> probe, TimeSpan freshFor, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<ProbeResult>? _latest;
    private long _answeredAt;

    /// <summary>What a network or a disk has done to the probe is its result; any other exception is a bug, and is the caller's.</summary>
    public Task<ProbeResult> AskAsync()
    {
        lock (_gate)
        {
            var mustRun = _latest is null || (_latest.IsCompleted && time.GetElapsedTime(Volatile.Read(ref _answeredAt)) >= freshFor);
            return mustRun ? _latest = RunAsync() : _latest!;
        }
    }

    private async Task<ProbeResult> RunAsync()
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            // Off the caller's thread, which holds the gate.
            return await Task.Run(() => probe(deadline.Token).AsTask()).WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            return new ProbeResult(false, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            return new ProbeResult(false, failure.Message);
        }
        finally
        {
            Volatile.Write(ref _answeredAt, time.GetTimestamp());
        }
    }
}
