using FlyTftp.Reactive.Content.Cache;
using FlyTftp.Reactive.Content.Files;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomQueueTests
{
    private const int Bytes = 1000;

    private readonly ContentCache _cache = new(capacity: 0, limit: 3 * Chunk.CostOf(Bytes));
    private readonly Queue<Action> _posted = [];
    private readonly List<string> _granted = [];
    private readonly RoomQueue _queue;
    private long _last;

    public RoomQueueTests() => _queue = new(_cache, _posted.Enqueue);

    [Test]
    public void Grants_room_in_the_order_of_asking_as_soon_as_it_is_there()
    {
        var held = Enumerable.Range(0, 3).Select(_ => Take()).ToList();
        foreach (var (name, chunks) in (IEnumerable<(string, int)>)[("two", 2), ("one", 1), ("three", 3)]) _ = Wait(name, chunks);
        Turn();
        Assert.That((_granted, _queue.IsWaiting), Is.EqualTo((Array.Empty<string>(), true)));

        GiveBack(held[0]);
        Turn();
        Assert.That(_granted, Is.Empty, "the one that needs one chunk does not overtake");
        GiveBack(held[1]);
        Turn();
        Assert.That(_granted, Is.EqualTo(new[] { "two" }));

        foreach (var chunk in _taken.ToList()) GiveBack(chunk);
        Turn();
        Assert.That(_granted, Is.EqualTo(new[] { "two", "one" }));
        foreach (var chunk in _taken.ToList()) GiveBack(chunk);
        GiveBack(held[2]);
        Turn();
        Assert.That((_granted, _queue.IsWaiting), Is.EqualTo((new[] { "two", "one", "three" }, false)));
    }

    [Test]
    public void Goes_on_on_the_loop_and_not_inside_whatever_gave_something_back()
    {
        _ = Wait("one", 1);
        Assert.That(_granted, Is.Empty);
        _queue.GrantNext();
        Assert.That((_granted, _posted.Count), Is.EqualTo((Array.Empty<string>(), 1)), "posted once, however often it is asked");
        Turn();
        Assert.That(_granted, Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public void Who_takes_nothing_leaves_its_room_to_the_next()
    {
        _ = Wait("gone", 3, takes: 0);
        _ = Wait("next", 3);
        Turn();
        Assert.That(_granted, Is.EqualTo(new[] { "gone", "next" }));
    }

    private readonly List<Chunk> _taken = [];

    private async Task Wait(string name, int chunks, int? takes = null)
    {
        await _queue.WaitAsync(chunks * Chunk.CostOf(Bytes));
        _granted.Add(name);
        for (var taken = 0; taken < (takes ?? chunks); taken++) _taken.Add(Take());
    }

    private Chunk Take() => _cache.Add(new ChunkKey(new FileIdentity("", 1, (ulong)++_last, Bytes, 0), 0), isNeeded: true)!;

    private void GiveBack(Chunk chunk)
    {
        _taken.Remove(chunk);
        _cache.Unpin(chunk);
        _queue.GrantNext();
    }

    private void Turn()
    {
        while (_posted.TryDequeue(out var action)) action();
    }
}
