using System.Reactive.Concurrency;

namespace FlyTftp.Reactive.Simulation;

/// <summary>Another scheduler that knows how many timers are running: what is scheduled, has not run and was not called off.</summary>
internal sealed class CountingScheduler(IScheduler inner) : IScheduler
{
    public int Running { get; private set; }

    public DateTimeOffset Now => inner.Now;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        var timer = new Timer<TState>(this, state, action);
        return timer.StartedBy(inner.Schedule<Timer>(timer, static (_, timer) => timer.Run()));
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var timer = new Timer<TState>(this, state, action);
        return timer.StartedBy(inner.Schedule<Timer>(timer, dueTime, static (_, timer) => timer.Run()));
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var timer = new Timer<TState>(this, state, action);
        return timer.StartedBy(inner.Schedule<Timer>(timer, dueTime, static (_, timer) => timer.Run()));
    }

    /// <summary>
    /// What the inner scheduler gets to see. Were it <c>Timer&lt;TState&gt;</c>, Native AOT would have to compile a timer of a timer of …
    /// without end, since the inner one could be of this type too.
    /// </summary>
    private abstract class Timer
    {
        public abstract IDisposable Run();
    }

    private sealed class Timer<TState> : Timer, IDisposable
    {
        private readonly CountingScheduler _owner;
        private readonly TState _state;
        private readonly Func<IScheduler, TState, IDisposable> _action;
        private IDisposable? _scheduled;
        private bool _isOver;

        public Timer(CountingScheduler owner, TState state, Func<IScheduler, TState, IDisposable> action)
        {
            (_owner, _state, _action) = (owner, state, action);
            owner.Running++;
        }

        public Timer<TState> StartedBy(IDisposable scheduled)
        {
            _scheduled = scheduled;
            return this;
        }

        public override IDisposable Run()
        {
            End();
            return _action(_owner, _state);
        }

        public void Dispose()
        {
            End();
            _scheduled?.Dispose();
        }

        private void End()
        {
            if (!_isOver) _owner.Running--;
            _isOver = true;
        }
    }
}
