using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Spreads an emission of blocks over time as its <see cref="Emission.Pacing"/> says. What is left of it is dropped when the session goes
    /// on: when the next emission comes, or as soon as the client has answered and the next blocks are being loaded.
    /// <code>
    /// emissions  --1..32(burst 10)---------ACK 14, 15..46--
    /// out        --1..10-11-12-13-…-20-----15..24-25-26-…--
    /// </code>
    /// <c>emissions.Select(e => e.Spread(scheduler)).Switch()</c>, but an emission that is not paced passes at once and costs nothing. Cold.
    /// Ends with its source; of notes nothing is known here but that they pass.
    /// </summary>
    public static IObservable<Emission> Pace(this IObservable<Emission> emissions, IScheduler scheduler) =>
        Observable.Create<Emission>(observer =>
        {
            var pacer = new Pacer(observer, scheduler);
            return StableCompositeDisposable.Create(emissions.Subscribe(pacer), pacer);
        });

    private sealed class Pacer(IObserver<Emission> observer, IScheduler scheduler) : IObserver<Emission>, IDisposable
    {
        private Emission _emission;
        private DateTimeOffset _started;
        private int _sent;
        private IDisposable _timer = Disposable.Empty;

        public void OnNext(Emission emission)
        {
            if (emission.Kind != EmissionKind.Note) _timer.Dispose();
            if (emission.Pacing.IsNone)
            {
                observer.OnNext(emission);
                return;
            }

            (_emission, _started, _sent) = (emission, scheduler.Now, 0);
            SendDue();
        }

        public void OnError(Exception error)
        {
            _timer.Dispose();
            observer.OnError(error);
        }

        public void OnCompleted()
        {
            _timer.Dispose();
            observer.OnCompleted();
        }

        public void Dispose() => _timer.Dispose();

        private void SendDue()
        {
            var pacing = _emission.Pacing;
            var due = pacing.DueBy(scheduler.Now - _started, _emission.BlockCount);
            var part = _emission.Part(_sent, due - _sent);
            _sent = due;
            _emission.Peer!.NoteSent(part.LastBlock);
            if (due < _emission.BlockCount)
            {
                // Armed before the part goes out, which may be answered on the spot.
                var next = _started + pacing.OffsetOf(due);
                var soonest = scheduler.Now + Pacing.Granularity / 2;
                _timer = scheduler.Schedule(this, next > soonest ? next : soonest, static (_, pacer) =>
                {
                    if (!pacer._emission.Peer!.IsAnswered) pacer.SendDue();
                    return Disposable.Empty;
                });
            }

            observer.OnNext(part);
        }
    }
}
