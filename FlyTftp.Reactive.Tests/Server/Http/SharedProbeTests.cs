using System.Net.Sockets;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Http;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class SharedProbeTests
{
    private readonly ManualTime _time = new();
    private int _runs;

    [Test]
    public async Task Runs_once_for_all_who_ask_at_a_time()
    {
        var answer = new TaskCompletionSource<ProbeResult>();
        var probe = Probe(_ => new(answer.Task));

        var asked = Enumerable.Range(0, 100).Select(_ => probe.AskAsync()).ToArray();
        answer.SetResult(new(true, "fine"));

        Assert.That(await Task.WhenAll(asked), Is.All.EqualTo(new ProbeResult(true, "fine")));
        Assert.That(_runs, Is.EqualTo(1));
    }

    [Test]
    public async Task Keeps_a_result_for_as_long_as_it_is_fresh()
    {
        var probe = Probe(_ => ValueTask.FromResult(new ProbeResult(true, "fine")));

        await probe.AskAsync();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await probe.AskAsync();
        Assert.That(_runs, Is.EqualTo(1));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await probe.AskAsync();
        Assert.That(_runs, Is.EqualTo(2));
    }

    [Test]
    public async Task Fails_a_probe_that_never_ends()
    {
        var started = new TaskCompletionSource();
        var probe = Probe(_ =>
        {
            started.SetResult();
            return new(new TaskCompletionSource<ProbeResult>().Task);
        });

        var asked = probe.AskAsync();
        await started.Task;
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.That(await asked, Is.EqualTo(new ProbeResult(false, "no answer within 2 s")));
    }

    [Test]
    public async Task Takes_what_a_socket_or_a_disk_throws_for_a_failed_probe([Values] bool isDisk)
    {
        Exception failure = isDisk ? new IOException("broken") : new SocketException(12345, "broken");
        var probe = Probe(_ => throw failure);

        Assert.That(await probe.AskAsync(), Is.EqualTo(new ProbeResult(false, "broken")));
    }

    [Test]
    public async Task A_bug_is_told_with_its_stack_and_the_next_probe_runs_again()
    {
        var probe = Probe(_ => throw new InvalidOperationException("a bug"));

        Assert.That(async () => await probe.AskAsync(), Throws.InvalidOperationException.With.Message.EqualTo("a bug"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(async () => await probe.AskAsync(), Throws.InvalidOperationException);
        Assert.That(_runs, Is.EqualTo(2));
    }

    private SharedProbe Probe(Func<CancellationToken, ValueTask<ProbeResult>> probe) => new(
        token =>
        {
            Interlocked.Increment(ref _runs);
            return probe(token);
        },
        freshFor: TimeSpan.FromSeconds(1), timeout: TimeSpan.FromSeconds(2), _time);
}
