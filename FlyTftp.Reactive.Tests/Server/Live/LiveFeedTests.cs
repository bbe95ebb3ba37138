using System.Text;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Live;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LiveFeedTests
{
    private readonly ManualTime _time = new();
    private readonly BootHistory _history = new(1 << 20);
    private readonly CancellationTokenSource _stopping = new();
    private LiveFeed _feed = null!;
    private Task _running = null!;
    private int _looks;

    [SetUp]
    public void Start()
    {
        _looks = 0;
        _feed = new LiveFeed(() => ValueTask.FromResult((new JsonText().Object(json => json.Name("look").Number(++_looks)), true)), _history, _time);
        _running = _feed.RunAsync(_stopping.Token);
    }

    [TearDown]
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await _running;
        _stopping.Dispose();
    }

    [Test]
    public void Looks_at_nothing_while_nobody_follows()
    {
        for (var turn = 0; turn < 10; turn++) _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_looks, Is.Zero);
    }

    [Test]
    public async Task Tells_a_new_viewer_the_boots_and_then_the_state()
    {
        using var viewer = _feed.Join()!;
        _time.Advance(LiveFeed.BusyInterval);
        Assert.That(await NextAsync(viewer), Is.EqualTo("event: boots\ndata: []\n\n"));
        Assert.That(await NextAsync(viewer), Is.EqualTo("event: state\ndata: {\"look\":1}\n\n"));
        _time.Advance(LiveFeed.BusyInterval);
        Assert.That(await NextAsync(viewer), Is.EqualTo("event: state\ndata: {\"look\":2}\n\n"));
    }

    [Test]
    public async Task Tells_the_first_boot_to_a_viewer_that_came_before_it()
    {
        using var viewer = _feed.Join()!;
        _time.Advance(LiveFeed.BusyInterval);
        Assert.That(await NextAsync(viewer), Does.Contain("[]"));
        Assert.That(await NextAsync(viewer), Does.Contain("state"));
        _history.Update(new Boot(RecordedServer.FlowOf(0).Remote, RecordedServer.Epoch, RecordedServer.Epoch), null);
        _time.Advance(LiveFeed.BusyInterval);
        Assert.That(await NextAsync(viewer), Does.StartWith("event: boots\ndata: [{\"id\":\"b1\""));
    }

    [Test]
    public async Task Drops_a_viewer_that_does_not_read()
    {
        var viewer = _feed.Join()!;
        for (var turn = 0; turn < 100_000 && _feed.Viewers > 0; turn++)
        {
            _time.Advance(LiveFeed.BusyInterval);
            await Task.Yield();
        }

        Assert.That(_feed.Viewers, Is.Zero);
        while (viewer.Events.TryRead(out _))
        {
            // What was queued may still be read.
        }

        Assert.That(viewer.Events.Completion.IsCompletedSuccessfully);
    }

    [Test]
    public void Takes_so_many_viewers_and_one_more_when_one_has_left()
    {
        var viewers = Enumerable.Range(0, LiveFeed.ViewersMax).Select(_ => _feed.Join()).ToList();
        Assert.That(viewers, Has.None.Null);
        Assert.That(_feed.Join(), Is.Null);
        viewers[3]!.Dispose();
        Assert.That(_feed.Join(), Is.Not.Null);
    }

    private static async Task<string> NextAsync(LiveFeed.Viewer viewer) => Encoding.UTF8.GetString(await viewer.Events.ReadAsync());
}
