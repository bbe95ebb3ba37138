using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// An action that a scheduler over a <see cref="TimingWheel"/> was given: disposed before its time it is cancelled, and after it what the action
/// has returned is disposed.
/// </summary>
internal sealed class WheelItem<TState>(IScheduler scheduler, TState state, Func<IScheduler, TState, IDisposable> action) : WheelTimer
{
    private readonly SingleAssignmentDisposable _running = new();

    internal override void Fire()
    {
        if (!_running.IsDisposed) _running.Disposable = action(scheduler, state);
    }

    public override void Dispose()
    {
        base.Dispose();
        _running.Dispose();
    }
}
