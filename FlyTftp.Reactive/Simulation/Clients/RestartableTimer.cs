using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>One timer that is set again at nearly every datagram: it goes off when it must, and is moved only then.</summary>
internal sealed class RestartableTimer(Action due, IScheduler scheduler)
{
    private DateTimeOffset _deadline = DateTimeOffset.MaxValue;
    private DateTimeOffset _timerAt = DateTimeOffset.MaxValue;
    private IDisposable _timer = Disposable.Empty;

    /// <summary>Replaces what was set before.</summary>
    public void Set(TimeSpan wait)
    {
        _deadline = scheduler.Now + wait;
        if (_deadline >= _timerAt) return;
        _timer.Dispose();
        Start();
    }

    public void Stop()
    {
        _deadline = _timerAt = DateTimeOffset.MaxValue;
        _timer.Dispose();
    }

    private void Start()
    {
        _timerAt = _deadline;
        _timer = scheduler.Schedule(this, _timerAt, static (_, timer) =>
        {
            timer.Expire();
            return Disposable.Empty;
        });
    }

    private void Expire()
    {
        _timerAt = DateTimeOffset.MaxValue;
        if (scheduler.Now < _deadline) Start();
        else due();
    }
}
