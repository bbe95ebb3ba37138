using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The wait for an ACK as Timeout wants it, a sequence that fires when <see cref="SendState.Due"/> is over:
    /// <c>Observable.Timer(state.Due, scheduler)</c>, but one object for all waits of a session. Silent unless an ACK is awaited.
    /// <code>
    /// subscribed  s-----s-----s-----------
    /// due         |--3--|--3--|--3--|
    /// out         ------------------x
    /// scheduled   |--------*  |-----*        (* at the first it is too early, and set for what is left)
    /// </code>
    /// One subscription at a time: Timeout gives the old one up before it takes the next. What is left of it on the scheduler goes with
    /// <see cref="Dispose"/>.
    /// </summary>
    internal sealed class AckTimer : IObservable<Unit>, IDisposable
    {
        private readonly SendState _state;
        private readonly IScheduler _scheduler;
        private readonly Wait _wait;
        private IObserver<Unit>? _observer;
        private IDisposable _scheduled = Disposable.Empty;
        private DateTimeOffset _deadline;
        private DateTimeOffset _scheduledAt = DateTimeOffset.MaxValue;

        public AckTimer(SendState state, IScheduler scheduler) => (_state, _scheduler, _wait) = (state, scheduler, new Wait(this));

        public IDisposable Subscribe(IObserver<Unit> observer)
        {
            _observer = observer;
            if (_state.AwaitsAck)
            {
                _deadline = _scheduler.Now + _state.Due;
                if (_deadline < _scheduledAt) Schedule();
            }

            return _wait;
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
            _scheduled = _scheduler.Schedule(this, _deadline, static (_, timer) =>
            {
                timer.Fire();
                return Disposable.Empty;
            });
        }

        private void Fire()
        {
            _scheduledAt = DateTimeOffset.MaxValue;
            if (_observer is null || !_state.AwaitsAck) return;
            if (_scheduler.Now < _deadline) Schedule();
            else _observer.OnNext(Unit.Default);
        }

        /// <summary>A subscription. It ends the wait and leaves the scheduler alone, since the next wait is about to begin.</summary>
        private sealed class Wait(AckTimer timer) : IDisposable
        {
            public void Dispose() => timer._observer = null;
        }
    }
}
