using System.Reactive.Concurrency;

namespace FlyTftp.Reactive.Simulation;

/// <summary>
/// A scheduler whose clock stands still until <see cref="RunNext"/> sets it to the next thing to do. What is due at the same instant runs
/// in the order in which it was scheduled. One thread only.
/// </summary>
/// <remarks>
/// It runs one step at a time, so that rules can be checked in between, and takes a fifth off a whole simulation: 200 seeds of 20 clients and
/// 256 KiB take 7.5 s of processor time, on <see cref="HistoricalScheduler"/> 9.2 s, to the same fingerprint.
/// </remarks>
internal sealed class VirtualTimeScheduler(DateTimeOffset start) : IScheduler
{
    private readonly PriorityQueue<Item, Due> _queue = new();
    private long _scheduled;
    private long _now = start.UtcTicks;

    public DateTimeOffset Now => new(_now, TimeSpan.Zero);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Add(state, _now, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Add(state, _now + Math.Max(0, dueTime.Ticks), action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Add(state, Math.Max(_now, dueTime.UtcTicks), action);

    /// <returns>False when nothing is left to do.</returns>
    public bool RunNext()
    {
        while (_queue.TryDequeue(out var item, out var due))
        {
            // What was called off stays in the queue until it is its turn: to look for it would cost more.
            if (item.IsDisposed) continue;
            _now = due.Ticks;
            item.Run(this);
            return true;
        }

        return false;
    }

    private Item<TState> Add<TState>(TState state, long ticks, Func<IScheduler, TState, IDisposable> action)
    {
        var item = new Item<TState>(state, action);
        _queue.Enqueue(item, new Due(ticks, _scheduled++));
        return item;
    }

    private readonly record struct Due(long Ticks, long Order) : IComparable<Due>
    {
        public int CompareTo(Due other) => Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Order.CompareTo(other.Order);
    }

    private abstract class Item : IDisposable
    {
        private IDisposable? _rest;

        public bool IsDisposed { get; private set; }

        public void Run(IScheduler scheduler)
        {
            var rest = Invoke(scheduler);
            if (IsDisposed) rest.Dispose();
            else _rest = rest;
        }

        public void Dispose()
        {
            IsDisposed = true;
            _rest?.Dispose();
        }

        protected abstract IDisposable Invoke(IScheduler scheduler);
    }

    private sealed class Item<TState>(TState state, Func<IScheduler, TState, IDisposable> action) : Item
    {
        protected override IDisposable Invoke(IScheduler scheduler) => action(scheduler, state);
    }
}
