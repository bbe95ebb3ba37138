using FlyTftp.Reactive.Server.Files;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Files;

public sealed class ContentWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // No event is disposed: a thread of the worker may come to look at it after its test.
    [Test]
    public void Turns_a_job_away_when_its_queue_is_full()
    {
        using var worker = new ContentWorker(threads: 1, capacity: 1);
        var isAtWork = new ManualResetEventSlim();
        var mayEnd = new ManualResetEventSlim();
        var isDone = new ManualResetEventSlim();

        Assert.That(worker.TryPost(() => { isAtWork.Set(); mayEnd.Wait(Patience); }));
        Assert.That(isAtWork.Wait(Patience));
        Assert.That(worker.TryPost(isDone.Set), "one may wait");
        Assert.That(worker.TryPost(() => { }), Is.False);

        mayEnd.Set();
        Assert.That(isDone.Wait(Patience));
    }

    [Test]
    public void One_disk_that_hangs_does_not_hold_up_the_others()
    {
        using var worker = new ContentWorker(threads: 2);
        var mayEnd = new ManualResetEventSlim();
        var isDone = new ManualResetEventSlim();
        worker.TryPost(() => mayEnd.Wait(Patience));
        worker.TryPost(isDone.Set);
        Assert.That(isDone.Wait(Patience));
        mayEnd.Set();
    }

    [Test]
    public void Does_what_it_has_taken_and_takes_no_more_once_disposed()
    {
        var mayEnd = new ManualResetEventSlim();
        var isDone = new ManualResetEventSlim();
        var worker = new ContentWorker(threads: 1);
        worker.TryPost(() => mayEnd.Wait(Patience));
        worker.TryPost(isDone.Set);
        worker.Dispose();
        Assert.That(worker.TryPost(() => { }), Is.False);
        mayEnd.Set();
        Assert.That(isDone.Wait(Patience));
    }
}
