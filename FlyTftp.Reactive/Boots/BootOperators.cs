using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Boots;

/// <summary>What bounds the telling of boots.</summary>
public sealed record BootLimits
{
    /// <summary>A boot ends when its client was silent for so long.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Nor does it end while a transfer of it runs; but one whose end was not told in so long has been lost.</summary>
    public TimeSpan MaxTransfer { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Boots at a time; one more ends the one that was silent longest, of those first that may be forged.</summary>
    public int MaxRunning { get; init; } = 4_096;
}

public static class BootOperators
{
    /// <summary>The transfers of this server as events of boots.</summary>
    public static IObservable<Boot> ToBoots(this IObservable<SessionNote> notes, BootLimits limits, IScheduler scheduler) =>
        notes.OfType<SessionEnded>().Select(static note => (BootEvent)BootTransfer.Of(note)).ToBoots(limits, scheduler);

    /// <summary>
    /// Groups events by the client's address into boots. Each event gives its boot as it is told by then; the last element of a boot
    /// <see cref="Boot.IsOver"/>.
    /// <code>
    /// events  --a--b--a------------------------|
    /// boots   --A--B--A'----(B over)-(A over)--|
    ///               60 s ⟶
    /// </code>
    /// While a transfer of it runs a boot is not over (<see cref="BootTransferBegan"/>). Events may come late: whether one belongs to the boot that runs is judged by its own times, and the scheduler's clock only tells when none
    /// is awaited any more. Cold. The end of the events ends all boots, then the sequence.
    /// </summary>
    /// <param name="events">On <paramref name="scheduler"/>, about in the order of their ends.</param>
    public static IObservable<Boot> ToBoots(this IObservable<BootEvent> events, BootLimits limits, IScheduler scheduler) =>
        Observable.Create<Boot>(observer =>
        {
            var running = new RunningBoots(limits, scheduler, observer);
            return new CompositeDisposable(running, events.Subscribe(running));
        });

    private sealed class RunningBoots(BootLimits limits, IScheduler scheduler, IObserver<Boot> observer) : IObserver<BootEvent>, IDisposable
    {
        // Each in the order of silence, the longest first. Busy: a transfer of it runs.
        private readonly LinkedList<BootStory> _proven = [], _unproven = [], _busyProven = [], _busyUnproven = [];
        private readonly Dictionary<Endpoint, LinkedListNode<BootStory>> _byClient = [];
        private readonly SerialDisposable _timer = new();
        private DateTimeOffset? _timedFor;
        private long _count;

        public void OnNext(BootEvent value)
        {
            var client = value.Client with { Port = 0 };
            if (_byClient.TryGetValue(client, out var node) && !node.Value.IsBusy && value.Started - node.Value.LastAt > limits.Quiet)
            {
                End(node);
                node = null;
            }

            node ??= Begin(client, value.Started);
            var wasBusy = node.Value.IsBusy;
            node.Value.Add(value);
            node.List!.Remove(node);
            ListFor(node.Value).AddLast(node);
            // One transfer more beside another is nothing new.
            if (value is not BootTransferBegan || !wasBusy) observer.OnNext(node.Value.Tell(isOver: false));
            Wait();
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted()
        {
            foreach (var node in _byClient.Values.OrderBy(static node => node.Value.LastAt).ToList()) End(node);
            observer.OnCompleted();
        }

        public void Dispose() => _timer.Dispose();

        private LinkedListNode<BootStory> Begin(Endpoint client, DateTimeOffset started)
        {
            if (_byClient.Count >= limits.MaxRunning) End(_unproven.First ?? _busyUnproven.First ?? _proven.First ?? _busyProven.First!);
            return _byClient[client] = _unproven.AddLast(new BootStory(++_count, client, started));
        }

        private void End(LinkedListNode<BootStory> node)
        {
            node.List!.Remove(node);
            _byClient.Remove(node.Value.Client);
            observer.OnNext(node.Value.Tell(isOver: true));
        }

        private LinkedList<BootStory> ListFor(BootStory story) => story.IsBusy
            ? story.IsProven ? _busyProven : _busyUnproven
            : story.IsProven ? _proven : _unproven;

        /// <summary>One timer for all: when the first of them is due.</summary>
        private void Wait()
        {
            if (Next() is not { } next || _timedFor <= next.Due) return;
            _timedFor = next.Due;
            _timer.Disposable = scheduler.Schedule(next.Due < scheduler.Now ? scheduler.Now : next.Due, EndQuiet);
        }

        private void EndQuiet()
        {
            _timedFor = null;
            while (Next() is { } next && next.Due <= scheduler.Now) End(next.Node);
            Wait();
        }

        private (LinkedListNode<BootStory> Node, DateTimeOffset Due)? Next() => Sooner(
            Sooner(DueOf(_proven.First, limits.Quiet), DueOf(_unproven.First, limits.Quiet)),
            Sooner(DueOf(_busyProven.First, limits.MaxTransfer), DueOf(_busyUnproven.First, limits.MaxTransfer)));

        private static (LinkedListNode<BootStory> Node, DateTimeOffset Due)? DueOf(LinkedListNode<BootStory>? node, TimeSpan silence) =>
            node is null ? null : (node, node.Value.LastAt + silence);

        private static (LinkedListNode<BootStory> Node, DateTimeOffset Due)? Sooner(
            (LinkedListNode<BootStory> Node, DateTimeOffset Due)? one, (LinkedListNode<BootStory> Node, DateTimeOffset Due)? other) =>
            one is null || other?.Due < one.Value.Due ? other : one;
    }
}
