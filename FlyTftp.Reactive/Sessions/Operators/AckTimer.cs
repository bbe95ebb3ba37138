using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The wait for an ACK as Timeout wants it, a sequence that fires when <see cref="SendState.Due"/> is over:
    /// <c>Observable.Timer(state.Due, scheduler)</c>, but one object for all waits of a session. Silent unless an ACK is awaited, or a
    /// load has taken longer than <see cref="SessionLimits.LoadingMax"/>.
    /// <code>
    /// subscribed  s-----s-----s-----------
    /// due         |--3--|--3--|--3--|
    /// out         ------------------x
    /// scheduled   |--------*  |-----*        (* at the first it is too early, and set for what is left)
    /// </code>
    /// A subscription lasts until the next takes its place: Timeout pays no heed to one that it has given up. What is left on the scheduler
    /// goes with <see cref="Dispose"/>.
    /// </summary>
    internal sealed class AckTimer(SendState state, IScheduler scheduler) : IObservable<Unit>, IDisposable
    {
        private IObserver<Unit>? _observer;
        private IDisposable _scheduled = Disposable.Empty;
        private DateTimeOffset _deadline;
        private DateTimeOffset _scheduledAt = DateTimeOffset.MaxValue;

        public IDisposable Subscribe(IObserver<Unit> observer)
        {
            _observer = observer;
            if (state.AwaitsAck || state.LoadsUntil is not null)
            {
                _deadline = state.LoadsUntil ?? scheduler.Now + state.Due;
                if (_deadline < _scheduledAt) Schedule();
            }

            return Disposable.Empty;
        }

        public void Dispose()
        {
            _observer = null;
            _scheduled.Dispose();
        }

        private void Schedule()
        {
            _scheduled.Dispose();
            _scheduledAt = _deadline;
            _scheduled = scheduler.Schedule(this, _deadline, static (_, timer) =>
            {
                timer.Fire();
                return Disposable.Empty;
            });
        }

        private void Fire()
        {
            _scheduledAt = DateTimeOffset.MaxValue;
            if (_observer is null || !(state.AwaitsAck || state.LoadsUntil is not null)) return;
            // A load begins by an ACK, of which Timeout knows nothing: what has gone off is the wait for that.
            _deadline = state.LoadsUntil ?? _deadline;
            if (scheduler.Now < _deadline) Schedule();
            else _observer.OnNext(Unit.Default);
        }
    }
}
