using System.Threading.Channels;
using FlyTftp.Reactive.Content;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>
/// A few threads of its own that wait for disks, so that no loop does. A file system that hangs can hold all the threads; then whatever is
/// not in memory waits until it comes back.
/// </summary>
internal sealed class ContentWorker : IContentWorker, IDisposable
{
    public const int DefaultThreads = 4;

    private readonly Channel<Action> _jobs;

    public ContentWorker(int threads = DefaultThreads)
    {
        _jobs = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions
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

    public void Post(Action job) => _jobs.Writer.TryWrite(job);

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
