using FlyTftp.Reactive.Server.Files;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Files;

public sealed class ContentWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // No event is disposed: a thread of the worker may come to look at it after its test.
    [Test]
    public void Never_lets_anyone_wait_however_much_there_is_to_do()
    {
        using var worker = new ContentWorker(threads: 1);
        var mayEnd = new ManualResetEventSlim();
        var isDone = new CountdownEvent(100_000);
        worker.Post(() => mayEnd.Wait(Patience));
        for (var job = 0; job < 100_000; job++) worker.Post(() => isDone.Signal());

        mayEnd.Set();
        Assert.That(isDone.Wait(Patience));
    }

    [Test]
    public void One_disk_that_hangs_does_not_hold_up_the_others()
    {
        using var worker = new ContentWorker(threads: 2);
        var mayEnd = new ManualResetEventSlim();
        var isDone = new ManualResetEventSlim();
        worker.Post(() => mayEnd.Wait(Patience));
        worker.Post(isDone.Set);
        Assert.That(isDone.Wait(Patience));
        mayEnd.Set();
    }

    [Test]
    public void Does_what_it_has_taken_and_takes_no_more_once_disposed()
    {
        var mayEnd = new ManualResetEventSlim();
        var isDone = new ManualResetEventSlim();
        var worker = new ContentWorker(threads: 1);
        worker.Post(() => mayEnd.Wait(Patience));
        worker.Post(isDone.Set);
        worker.Dispose();
        var isTaken = false;
        worker.Post(() => isTaken = true);
        mayEnd.Set();
        Assert.That(isDone.Wait(Patience));
        Assert.That(isTaken, Is.False);
    }
}
