using System.Reactive.Concurrency;
using System.Reactive.Threading.Tasks;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// A task as a sequence whose element comes where the task is completed: stores complete theirs on the pipeline's scheduler. Without a
    /// scheduler named, Rx hands the element to the thread pool, and the session would go on beside the loop.
    /// </summary>
    // The immediate scheduler blocks when it has to wait; nothing waits here.
    internal static IObservable<T> OnCompletingThread<T>(this Task<T> task) => task.ToObservable(Scheduler.Immediate);
}
