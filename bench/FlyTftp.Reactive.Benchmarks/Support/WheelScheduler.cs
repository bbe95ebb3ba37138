using System.Reactive.Concurrency;
using FlyTftp.Reactive.Server.Loop;

namespace FlyTftp.Reactive.Benchmarks.Support;

/// <summary>
/// The live loop's scheduler without its socket: its timing wheel under a clock that stands until it is told to move on. So what is
/// measured is the query and its timers, and neither a system call nor a reading of the time.
/// </summary>
internal sealed class WheelScheduler : IScheduler
{
    private readonly TimingWheel _wheel = new();
    private TimeSpan _elapsed;

    public DateTimeOffset Now => DateTimeOffset.UnixEpoch + _elapsed;

    public void Advance(TimeSpan by)
    {
        _elapsed += by;
        _wheel.Advance((long)_elapsed.TotalMilliseconds);
    }

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => action(this, state);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        if (dueTime <= TimeSpan.Zero) return Schedule(state, action);
        var timer = new WheelItem<TState>(this, state, action);
        _wheel.Add(timer, (long)Math.Ceiling((_elapsed + dueTime).TotalMilliseconds));
        return timer;
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);
}
