using System.Reactive.Linq;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Subscribes to its source again after each <see cref="TimeoutException"/>, as long as it may. Any other error is a bug and passes.
    /// <code>
    /// source  --a--#timeout
    /// again               --a--#timeout
    /// out     --a-----------a--|          (may not go on)
    /// </code>
    /// Cold. Ends with its source, or by a timeout after which it may not go on.
    /// </summary>
    /// <param name="mayRetry">Asked once for each timeout, before the new subscription.</param>
    internal static IObservable<T> RetryOnTimeout<T>(this IObservable<T> source, Func<bool> mayRetry) =>
        // RetryWhen alone would do, but it keeps a queue for errors, 1.4 KB a session, and most sessions have none: it is made at the first.
        source.Catch((TimeoutException _) => mayRetry()
            ? source.RetryWhen(errors => errors
                .Select(static error => error is TimeoutException ? error : throw error)
                .TakeWhile(_ => mayRetry()))
            : Observable.Empty<T>());
}
