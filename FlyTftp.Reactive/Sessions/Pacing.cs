namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// How an emission of blocks is spread over time: the first <see cref="Burst"/> at once, the others in groups of <see cref="Group"/>, each group when
/// its first block is due, and that is an <see cref="Interval"/> for each block before it.
/// </summary>
/// <param name="Burst">1 or more; 0, as in <c>default</c>: all at once.</param>
/// <param name="Interval">Between one block and the next.</param>
public readonly record struct Pacing(int Burst, TimeSpan Interval)
{
    /// <summary>
    /// What a timer can tell apart. Blocks that are due within it leave together: shorter waits would cost more than they smooth.
    /// </summary>
    public static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(1);

    /// <summary>Blocks that leave together: a third of the timers and of the system calls, and no queue is as short as that.</summary>
    public const int Group = 3;

    public bool IsNone => Burst == 0;

    /// <summary>When a block is due, seen from the first.</summary>
    /// <param name="number">0 is the first.</param>
    public TimeSpan OffsetOf(int number) => IsNone || number < Burst ? TimeSpan.Zero : ((number - Burst) / Group * Group + 1) * Interval;

    /// <summary>How many are due when so much time has gone by since the first.</summary>
    /// <param name="count">How many there are.</param>
    public int DueBy(TimeSpan elapsed, int count)
    {
        if (IsNone || Interval <= TimeSpan.Zero) return count;
        var intervals = elapsed.Ticks / Interval.Ticks;
        return (int)Math.Min(count, intervals < 1 ? Burst : Burst + ((intervals - 1) / Group + 1) * Group);
    }
}
