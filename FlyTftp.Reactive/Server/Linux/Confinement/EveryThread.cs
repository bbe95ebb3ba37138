using System.Globalization;
using System.Runtime.CompilerServices;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>
/// Runs what Linux keeps per thread on every thread there is. Before the program has started any of its own there are two: the one that
/// <c>Main</c> runs on, which must be the caller, and the runtime's finalizer thread, which runs whatever a finalizer says. All later threads inherit from the one
/// that creates them. What started earlier cannot be reached and is named by <see cref="Others"/>.
/// </summary>
internal static class EveryThread
{
    private const int Attempts = 5;

    /// <returns>The first error, on whichever thread.</returns>
    public static SystemError? Run(Func<SystemError?> step)
    {
        if (step() is { } error) return error;

        var run = new OneRun(step);
        for (var attempt = 0; attempt < Attempts && !run.IsDone; attempt++)
        {
            RunInFinalizer(run);
            // Aggressive: what the start has used is not kept for later either.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return run.IsDone ? run.Error : new SystemError("finalizer thread", Errno.TimedOut);
    }

    /// <summary>The names of threads that <see cref="Run"/> does not reach; <c>null</c> where /proc does not tell.</summary>
    public static IReadOnlyList<string>? Others()
    {
        try
        {
            var caller = SystemCall.GetThreadId.Invoke().ToString(CultureInfo.InvariantCulture);
            return [.. Directory.EnumerateDirectories("/proc/self/task")
                .Where(task => Path.GetFileName(task) != caller)
                .Select(task => File.ReadAllText(task + "/comm").Trim())
                .Where(name => name != ".NET Finalizer")];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Not inlined, or the object might still be held by a register of the caller.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunInFinalizer(OneRun run) => _ = new FinalizerHook(run);

    private sealed class OneRun(Func<SystemError?> step)
    {
        private int _state;

        public bool IsDone => Volatile.Read(ref _state) == 2;

        public SystemError? Error { get; private set; }

        public void RunOnce()
        {
            if (Interlocked.CompareExchange(ref _state, 1, 0) != 0) return;

            Error = step();
            Volatile.Write(ref _state, 2);
        }
    }

    private sealed class FinalizerHook(OneRun run)
    {
        ~FinalizerHook() => run.RunOnce();
    }
}
