using System.Net;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Loop;

/// <summary>Real loops, and a clock of the test's. A loop whose thread was not started is one that does not come round.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LoopWatchdogTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ServerLoop _running = Loop(), _wedged = Loop();

    public LoopWatchdogTests() => _running.Start();

    public void Dispose()
    {
        _running.Dispose();
        _wedged.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task Says_that_a_loop_is_wedged_when_its_patience_is_over()
    {
        var watching = new LoopWatchdog([_running, _wedged], _time).RunAsync(_stop.Token);
        AskLoops();
        _time.Advance(LoopWatchdog.Patience - TimeSpan.FromMilliseconds(1));
        Assert.That(_time.IsAwaited, "its patience is not over");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That((await watching.WaitAsync(TimeSpan.FromSeconds(30)))?.Message, Is.EqualTo("event loop stuck for 30 s"));
    }

    [Test]
    public async Task Tells_how_late_the_slowest_loop_was()
    {
        var watchdog = new LoopWatchdog([_running, _wedged], _time);
        var watching = watchdog.RunAsync(_stop.Token);
        AskLoops();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(watchdog.Lag, Is.EqualTo(TimeSpan.Zero), "nothing was answered yet");
        _wedged.Start();
        Assert.That(() => watchdog.Lag, Is.EqualTo(TimeSpan.FromSeconds(2)).After(10_000, 10));

        await _stop.CancelAsync();
        Assert.That(await watching.WaitAsync(TimeSpan.FromSeconds(30)), Is.Null, "to be stopped is no failure");
    }

    private void AskLoops()
    {
        _time.Advance(LoopWatchdog.Interval);
        // It goes on on a thread of the pool.
        Assert.That(() => _time.IsAwaited, Is.True.After(10_000, 1));
    }

    private static ServerLoop Loop() => new(
        "watched", UdpPorts.Open([new IPEndPoint(IPAddress.Loopback, 0)], PortSharing.None, TimeSpan.Zero),
        _ => new MemoryStore(new Dictionary<string, byte[]>()), new SessionLimits(), tap: null, _ => { }, _ => { });
}
