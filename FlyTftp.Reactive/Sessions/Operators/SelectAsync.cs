using System.Reactive.Disposables;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Select whose result may have to be waited for: <c>Select(element => task.OnCompletingThread()).Switch()</c>, but what is there already
    /// passes at once and allocates nothing. An element that comes while another's result is awaited takes its place.
    /// <code>
    /// source  --a---b------c---d----|
    /// tasks     a   :--b   :---:--d
    /// out     --a------b----------d-|
    /// </code>
    /// Ends when its source has ended and nothing is awaited. A selector that throws, or a task that fails, is OnError.
    /// </summary>
    internal static IObservable<TResult> SelectAsync<T, TResult>(this IObservable<T> source, Func<T, ValueTask<TResult>> selector) =>
        new AsyncSelection<T, TResult>(source, selector);

    // Not Observable.Create, whose observer between this and the next would cost every window a call: its rules are kept by hand.
    private sealed class AsyncSelection<T, TResult>(IObservable<T> source, Func<T, ValueTask<TResult>> selector) : IObservable<TResult>
    {
        public IDisposable Subscribe(IObserver<TResult> observer)
        {
            var selecting = new Selecting(selector, observer);
            selecting.Source.Disposable = source.SubscribeSafe(selecting);
            return selecting;
        }

        private sealed class Selecting(Func<T, ValueTask<TResult>> selector, IObserver<TResult> observer) : IObserver<T>, IDisposable
        {
            private SingleAssignmentDisposable? _awaited;
            private bool _isDisposed, _hasSourceEnded;

            public SingleAssignmentDisposable Source { get; } = new();

            public void OnNext(T element)
            {
                if (_isDisposed) return;
                StopAwaiting();
                ValueTask<TResult> result;
                try
                {
                    result = selector(element);
                }
                catch (Exception error)
                {
                    OnError(error);
                    return;
                }

                if (result.IsCompletedSuccessfully) observer.OnNext(result.Result);
                else Await(result.AsTask());
            }

            public void OnError(Exception error)
            {
                if (_isDisposed) return;
                Dispose();
                observer.OnError(error);
            }

            public void OnCompleted()
            {
                _hasSourceEnded = true;
                Source.Dispose();
                if (_awaited is null && !_isDisposed) Complete();
            }

            public void Dispose()
            {
                _isDisposed = true;
                Source.Dispose();
                StopAwaiting();
            }

            private void Await(Task<TResult> result)
            {
                var subscription = new SingleAssignmentDisposable();
                _awaited = subscription;
                subscription.Disposable = result.OnCompletingThread().Subscribe(
                    value =>
                    {
                        _awaited = null;
                        observer.OnNext(value);
                        if (_hasSourceEnded && !_isDisposed) Complete();
                    },
                    OnError);
            }

            private void StopAwaiting()
            {
                _awaited?.Dispose();
                _awaited = null;
            }

            private void Complete()
            {
                Dispose();
                observer.OnCompleted();
            }
        }
    }
}
