using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// One thread that is the pipeline's source of datagrams, its <see cref="IScheduler"/> and its clock: it receives a batch, delivers each
/// datagram, runs what other threads have posted and the timers that are due, and flushes what was emitted. So nothing inside the pipeline needs a
/// lock or changes threads. One observer; everything but <see cref="Post"/> and <see cref="Stop"/> is called on the loop's own thread.
/// </summary>
internal sealed class UdpLoop(IUdpPort port) : IObservable<Datagram>, IScheduler
{
    /// <summary>Posted actions and immediate work run in one turn at most, so that neither can starve the sockets.</summary>
    private const int WorkPerTurn = 1024;

    private readonly TimingWheel _wheel = new();
    private readonly Queue<WheelTimer> _immediate = [];
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private IObserver<Datagram>? _observer;
    private TimeSpan _elapsed;
    private volatile bool _isStopped;

    /// <summary>
    /// One reading a batch: monotonic, whatever happens to the machine's clock meanwhile. It begins with the wall clock of the start and does not
    /// follow it, so it is good for intervals only; log lines take the wall clock of their own moment.
    /// </summary>
    public DateTimeOffset Now => _startedAt + _elapsed;

    /// <summary>Timers running: somebody is expected to answer, so that polling for it is worth a try.</summary>
    public int TimerCount => _wheel.Count;

    private bool HasWork => _immediate.Count > 0 || !_posted.IsEmpty;

    public IDisposable Subscribe(IObserver<Datagram> observer)
    {
        _observer = observer;
        return Disposable.Create(this, static loop => loop._observer = null);
    }

    /// <summary>Runs until <see cref="Stop"/>, then completes the observer.</summary>
    public void Run()
    {
        while (!_isStopped) Turn();
        _observer?.OnCompleted();
    }

    /// <summary>Ends <see cref="Run"/> after the turn it is in. From any thread.</summary>
    public void Stop()
    {
        _isStopped = true;
        port.Wake();
    }

    /// <summary>Runs an action on the loop, soon. From any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        port.Wake();
    }

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        var item = new WheelItem<TState>(this, state, action);
        _immediate.Enqueue(item);
        return item;
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        if (dueTime <= TimeSpan.Zero) return Schedule(state, action);
        var item = new WheelItem<TState>(this, state, action);
        // Rounded up: a timer that is early would be armed again for less than a tick.
        _wheel.Add(item, (long)Math.Ceiling((_elapsed + dueTime).TotalMilliseconds));
        return item;
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);

    private void Turn()
    {
        var count = port.Poll(HasWork ? 0 : TimerCount);
        if (count == 0 && !HasWork) count = port.Receive(TimeToWait());
        ReadClock();
        for (var number = 0; number < count; number++) _observer?.OnNext(port.Arrival(number));
        for (var work = 0; work < WorkPerTurn && _posted.TryDequeue(out var action); work++) action();
        _wheel.Advance((long)_elapsed.TotalMilliseconds);
        for (var work = 0; work < WorkPerTurn && _immediate.TryDequeue(out var item); work++) item.Fire();
        port.Flush();
    }

    private void ReadClock() => _elapsed = Stopwatch.GetElapsedTime(_started);

    private int TimeToWait()
    {
        ReadClock();
        return _wheel.NextAfter((long)_elapsed.TotalMilliseconds) is { } milliseconds ? (int)Math.Min(milliseconds, int.MaxValue) : -1;
    }
}
