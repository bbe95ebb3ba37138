namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// Asks every loop for a sign of life now and then. A loop that gives none is wedged, and nothing but a new process helps: the restart
/// policy of whatever runs the server takes it from there.
/// </summary>
internal sealed class LoopWatchdog(IReadOnlyList<ServerLoop> loops, TimeProvider time)
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(30);

    private long _lagTicks;

    /// <summary>How late the slowest loop was the last time.</summary>
    public TimeSpan Lag => TimeSpan.FromTicks(Interlocked.Read(ref _lagTicks));

    /// <summary>Watches until it is cancelled.</summary>
    /// <returns>What is wrong with which loop; <c>null</c> when it was cancelled.</returns>
    public async Task<Exception?> RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, stopping).ConfigureAwait(false);
                var asked = time.GetTimestamp();
                await Task.WhenAll(loops.Select(AnswerAsync)).WaitAsync(Patience, time, stopping).ConfigureAwait(false);
                Interlocked.Exchange(ref _lagTicks, time.GetElapsedTime(asked).Ticks);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (TimeoutException)
        {
            return new TimeoutException($"event loop stuck for {Patience.TotalSeconds} s");
        }
    }

    private static Task AnswerAsync(ServerLoop loop)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => answer.TrySetResult());
        return answer.Task;
    }
}
