using System.Runtime.InteropServices;
using Perfolizer.Horology;

namespace FlyTftp.Reactive.Benchmarks.Support;

/// <summary>
/// The time that the calling thread has had a core for: a neighbour on the machine takes none of it. On Linux; elsewhere the best clock
/// there is.
/// </summary>
internal sealed partial class ThreadClock : IClock
{
    private const int ThreadProcessorTime = 3;

    public static IClock Best => OperatingSystem.IsLinux() ? new ThreadClock() : Chronometer.BestClock;

    public string Title => "thread";

    public bool IsAvailable => true;

    public Frequency Frequency { get; } = new(1e9);

    public long GetTimestamp()
    {
        _ = GetTime(ThreadProcessorTime, out var time);
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    private readonly record struct Time(long Seconds, long Nanoseconds);
}
