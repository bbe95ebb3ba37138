using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>What a flood of requests that nobody answers for takes.</summary>
internal sealed class HalfOpenMemoryTests
{
    private const int Count = 4000, Most = 1400;

    // As long as a request may be: options that no RFC knows, and long ones.
    private static readonly string Many = "RRQ boot.efi octet tsize=0 blksize=1428 windowsize=64 timeout=5 "
        + string.Join(' ', Enumerable.Range(0, 12).Select(number => $"option-number-{number}={number}"));

    [Test]
    [NonParallelizable]
    public void A_session_that_nobody_answers_for_takes_little_more_than_a_kilobyte()
    {
        var scheduler = new StandingScheduler();
        using var arrivals = new Subject<Datagram>();
        var count = new SessionCount();
        using var subscription = arrivals
            .Serve(new TestStore().Add("boot.efi", 100_000), new SessionLimits { HalfOpenQueries = 8 }, Observable.Never<Unit>(), count, scheduler).Subscribe();
        Ask(0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Ask(Count);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.That(count.Value, Is.EqualTo(2 * Count));
        Assert.That((after - before) / Count, Is.LessThan(Most));
        GC.KeepAlive(scheduler);

        void Ask(int first)
        {
            var request = PacketScript.Encode(Many);
            for (var number = first; number < first + Count; number++)
                arrivals.OnNext(new Datagram(new Flow(Endpoint.IPv4(0x14000001u + (uint)number * 256, 2000), Endpoint.IPv4(0x0A000001, 69)), request));
        }
    }

    /// <summary>Time stands still, and nothing that waits for it is kept.</summary>
    private sealed class StandingScheduler : IScheduler
    {
        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Disposable.Empty;

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => Disposable.Empty;

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => Disposable.Empty;
    }
}
