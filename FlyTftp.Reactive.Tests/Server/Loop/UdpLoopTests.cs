using System.Reactive.Concurrency;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Loop;

internal sealed class UdpLoopTests
{
    [Test]
    public void Delivers_first_then_runs_what_is_due_then_flushes()
    {
        var port = new ScriptedPort();
        var loop = new UdpLoop(port);
        var seen = new List<string>();
        using var subscription = loop.Subscribe(datagram =>
        {
            seen.Add($"datagram {datagram.Payload.Length}");
            loop.Schedule(0, (_, _) =>
            {
                seen.Add("immediate");
                loop.Stop();
                return System.Reactive.Disposables.Disposable.Empty;
            });
        });
        loop.Post(() => seen.Add("posted"));
        port.Batches.Enqueue([3, 5]);
        port.OnFlush = () => seen.Add("flush");
        loop.Run();
        Assert.That(seen, Is.EqualTo(["datagram 3", "datagram 5", "posted", "immediate", "immediate", "flush"]));
    }

    [Test]
    public void Completes_its_observer_when_it_is_stopped()
    {
        var loop = new UdpLoop(new ScriptedPort());
        var completed = false;
        using var subscription = loop.Subscribe(_ => { }, () => completed = true);
        loop.Stop();
        loop.Run();
        Assert.That(completed);
    }

    [Test]
    public void A_timer_is_never_early_and_its_time_is_on_the_loop_s_clock()
    {
        var loop = new UdpLoop(new ScriptedPort());
        var due = TimeSpan.FromMilliseconds(2.4);
        var armed = loop.Now;
        var late = TimeSpan.Zero;
        loop.Schedule(due, () =>
        {
            late = loop.Now - armed - due;
            loop.Stop();
        });
        Assert.That(loop.TimerCount, Is.EqualTo(1));
        loop.Run();
        Assert.That(late, Is.GreaterThanOrEqualTo(TimeSpan.Zero));
        Assert.That(loop.TimerCount, Is.Zero);
    }

    [Test]
    public void A_cancelled_timer_is_gone_at_once()
    {
        var loop = new UdpLoop(new ScriptedPort());
        var timer = loop.Schedule(TimeSpan.FromSeconds(1), () => Assert.Fail("cancelled"));
        timer.Dispose();
        Assert.That(loop.TimerCount, Is.Zero);
    }

    [Test]
    public void Sleeps_as_long_as_it_takes_when_there_is_nothing_to_do_and_says_when_polling_is_worth_it()
    {
        var port = new ScriptedPort();
        var loop = new UdpLoop(port);
        port.OnPoll = awaited => Assert.That(awaited, Is.Zero);
        port.OnReceive = milliseconds =>
        {
            Assert.That(milliseconds, Is.EqualTo(-1));
            loop.Stop();
        };
        loop.Run();

        loop = new UdpLoop(port);
        loop.Schedule(TimeSpan.FromMilliseconds(500), () => { });
        loop.Schedule(TimeSpan.FromMilliseconds(900), () => { });
        port.OnPoll = awaited => Assert.That(awaited, Is.EqualTo(2));
        port.OnReceive = milliseconds =>
        {
            Assert.That(milliseconds, Is.InRange(400, 500));
            loop.Stop();
        };
        loop.Run();
    }

    /// <summary>Hands out batches of datagrams of given lengths.</summary>
    private sealed class ScriptedPort : IUdpPort
    {
        public Queue<int[]> Batches { get; } = [];

        public Action? OnFlush { get; set; }

        public Action<int>? OnPoll { get; set; }

        public Action<int>? OnReceive { get; set; }

        public IReadOnlyList<Endpoint> LocalEndpoints => [];

        public bool HearsBroadcasts => false;

        public long UnsentDatagrams => 0;

        public long UnreadDatagrams => 0;

        private int[] _batch = [];

        public int Poll(int awaited)
        {
            OnPoll?.Invoke(awaited);
            return TakeBatch();
        }

        public int Receive(int milliseconds)
        {
            OnReceive?.Invoke(milliseconds);
            return TakeBatch();
        }

        public Datagram Arrival(int number) => new(default, new byte[_batch[number]]);

        public void Send(in Emission emission)
        {
        }

        private int TakeBatch()
        {
            _batch = Batches.TryDequeue(out var batch) ? batch : [];
            return _batch.Length;
        }

        public void Flush() => OnFlush?.Invoke();

        public void Wake()
        {
        }

        public void Dispose()
        {
        }
    }
}
