using FlyTftp.Reactive.Simulation;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>Runs seeds on several threads, each seed on one, and hands out the results in the seeds' order.</summary>
internal static class SeedPool
{
    /// <summary>Seeds that may be under way or waiting for their turn, for each thread: bounds the memory of a long run.</summary>
    private const int AheadPerThread = 8;

    /// <exception cref="OperationCanceledException">Seeds under way are run to their end first.</exception>
    public static IEnumerable<SeedResult> Run(SimulateArguments arguments, int threads, CancellationToken cancellation)
    {
        var running = new Queue<Task<SeedResult>>();
        for (var next = 0; next < arguments.SeedCount || running.Count > 0;)
        {
            while (next < arguments.SeedCount && running.Count < AheadPerThread * threads && !cancellation.IsCancellationRequested)
            {
                var seed = arguments.FirstSeed + next++;
                running.Enqueue(Task.Run(() => SeedRun.Run(seed, arguments.Settings), CancellationToken.None));
            }

            if (running.Count == 0) break;
            yield return running.Dequeue().GetAwaiter().GetResult();
        }

        cancellation.ThrowIfCancellationRequested();
    }
}
