using System.Threading.Channels;
using FlyTftp.Reactive.Content;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>
/// A few threads of its own that wait for disks, so that no loop does. Behind a bounded channel: when it is full, a job is turned away
/// at once. A file system that hangs can hold all the threads; then files that are not in memory are refused until it comes back.
/// </summary>
public sealed class ContentWorker : IContentWorker, IDisposable
{
    public const int DefaultThreads = 4, DefaultCapacity = 4096;

    private readonly Channel<Action> _jobs;

    /// <param name="capacity">Jobs that may wait.</param>
    public ContentWorker(int threads = DefaultThreads, int capacity = DefaultCapacity)
    {
        _jobs = Channel.CreateBounded<Action>(new BoundedChannelOptions(capacity)
        {
            SingleReader = threads == 1,
            // All that goes on inside a write is waking the thread that waits; otherwise the thread pool would be in between.
            AllowSynchronousContinuations = true,
        });
        for (var i = 1; i <= threads; i++)
        {
            new Thread(Work) { Name = $"content {i}", IsBackground = true }.Start();
        }
    }

    public bool TryPost(Action job) => _jobs.Writer.TryWrite(job);

    /// <summary>Takes no more jobs. Those that were taken are still done, but not waited for: a disk may never answer.</summary>
    public void Dispose() => _jobs.Writer.TryComplete();

    private void Work()
    {
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_jobs.Reader.TryRead(out var job)) job();
        }
    }
}
