using FlyTftp.Reactive.Content;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>The worker and the loop as two queues that a test drains by hand, so that it decides who comes first.</summary>
internal sealed class ByHand : IContentWorker
{
    private readonly Queue<Action> _jobs = [], _posted = [];

    public int Waiting => _jobs.Count;

    public void Post(Action job) => _jobs.Enqueue(job);

    /// <summary>What the store is given as the loop's post.</summary>
    public void PostToLoop(Action action) => _posted.Enqueue(action);

    /// <summary>The worker does its next job; the loop has not heard of it yet.</summary>
    public void Work() => _jobs.Dequeue()();

    /// <summary>The loop runs all that was posted.</summary>
    public void Turn()
    {
        while (_posted.TryDequeue(out var action)) action();
    }

    /// <summary>Both until nothing is left to do.</summary>
    public void Settle()
    {
        while (_jobs.Count + _posted.Count > 0)
        {
            while (_jobs.Count > 0) Work();
            Turn();
        }
    }
}
