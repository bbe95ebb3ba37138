using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Sends what is in flight, waits for its ACK and goes on to the next, until the transfer has an outcome: Timeout and Retry are the
    /// retransmission. The last element is the session's record.
    /// <code>
    /// replies  ------------------ACK 8--         ----------------------
    /// out      (1..8)------------(9..16)…        (1..8)---(1..8)-------… (ended|)
    ///                                                  RTO      2 × RTO    given up
    /// </code>
    /// Cold. Other packets than the awaited ACK neither end a wait nor prolong it; the end of the replies is silence. Errors of the
    /// content or of the state are OnError.
    /// </summary>
    /// <remarks>
    /// In stock operators this is, for each window, <c>Defer(() => Return(window).Concat(awaitedAck).Timeout(due)).Retry()</c>, all of them
    /// joined by <c>Concat</c>; the tests keep that composition and hold both to the same transcripts. Measured through the whole query
    /// (bench/FlyTftp.Reactive.Benchmarks, one core, .NET 10): the composition takes 1.77 µs and 2,968 octets of garbage a window, this
    /// operator 0.15 µs and none.
    /// </remarks>
    internal static IObservable<Emission> SendUntilAcked(this Admission admission, SendState state, IScheduler scheduler) =>
        Observable.Create<Emission>(observer => new Sender(admission, state, scheduler, observer).Start());

    private sealed class Sender(Admission admission, SendState sendState, IScheduler scheduler, IObserver<Emission> observer)
        : IObserver<Packet>, IDisposable
    {
        private readonly SendState _state = sendState;
        private readonly SingleAssignmentDisposable _replies = new();
        private IDisposable _timer = Disposable.Empty;

        // The timer is not set anew for every window: when it fires too early, it is set for what is left.
        private DateTimeOffset _deadline = DateTimeOffset.MaxValue;
        private DateTimeOffset _timerAt = DateTimeOffset.MaxValue;
        private bool _isDisposed;

        public Sender Start()
        {
            _replies.Disposable = admission.Replies.Subscribe(this);
            Proceed();
            return this;
        }

        public void OnNext(Packet packet) => Guard(packet, static (sender, packet) => sender.Judge(packet));

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted()
        {
            // Nobody says anything any more, and the timers take it from here.
        }

        public void Dispose()
        {
            _isDisposed = true;
            _replies.Dispose();
            _timer.Dispose();
        }

        private void Judge(in Packet packet)
        {
            if (packet.Kind == PacketKind.Acknowledgment)
            {
                if (_state.Acknowledge(packet.Block, scheduler.Now)) Proceed();
            }
            else if (_state.EndsWith(packet))
            {
                Conclude();
            }
        }

        private void Proceed()
        {
            if (_state is { Outcome: null, NeedsBlocks: true })
            {
                var loading = admission.Content!.LoadAsync(_state.Wanted.Offset, _state.Wanted.Count);
                if (!loading.IsCompletedSuccessfully)
                {
                    Await(loading.AsTask());
                    return;
                }

                _state.Loaded(loading.Result);
            }

            if (_state.Outcome is null) Send(_state.Emit(scheduler.Now));
            else Conclude();
        }

        /// <summary>The store answers on the scheduler. Until then nothing is in flight, and so nothing to be repeated.</summary>
        private void Await(Task<Content.LoadResult> loading)
        {
            _deadline = DateTimeOffset.MaxValue;
            loading.GetAwaiter().UnsafeOnCompleted(() => Guard(loading, static (sender, loading) =>
            {
                sender._state.Loaded(loading.GetAwaiter().GetResult());
                sender.Proceed();
            }));
        }

        private void Send(in Emission emission)
        {
            // Armed first: when the emission is withheld or answered at once, the wait has begun all the same.
            AwaitAck();
            observer.OnNext(emission);
        }

        private void AwaitAck()
        {
            var due = _state.Due;
            _deadline = scheduler.Now + due;
            if (_deadline >= _timerAt) return;
            _timer.Dispose();
            SetTimer(due);
        }

        private void SetTimer(TimeSpan due)
        {
            _timerAt = scheduler.Now + due;
            _timer = scheduler.Schedule(this, due, static (_, sender) =>
            {
                sender.Guard(sender, static (sender, _) => sender.Expire());
                return Disposable.Empty;
            });
        }

        private void Expire()
        {
            _timerAt = DateTimeOffset.MaxValue;
            if (_deadline == DateTimeOffset.MaxValue) return;
            var now = scheduler.Now;
            if (now < _deadline) SetTimer(_deadline - now);
            else if (_state.Expire(now) is { } emission) Send(emission);
            else if (_state.Outcome is null) AwaitAck();
            else Conclude();
        }

        private void Conclude()
        {
            Dispose();
            // The client is told at once that the server cannot go on, instead of being left to its timeouts.
            if (_state.Outcome == Outcome.Faulted)
                observer.OnNext(Emission.Error(admission.Peer, new ErrorReport(ErrorCode.NotDefined, _state.Detail!)));
            observer.OnNext(Emission.Note(admission.Peer, _state.Summarize(scheduler.Now)));
            observer.OnCompleted();
        }

        /// <summary>What a stock operator does with an exception in a selector: it ends this sequence and no other.</summary>
        private void Guard<T>(T argument, Action<Sender, T> step)
        {
            if (_isDisposed) return;
            try
            {
                step(this, argument);
            }
            catch (Exception error)
            {
                Dispose();
                observer.OnError(error);
            }
        }
    }
}
