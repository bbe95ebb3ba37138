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
    /// Events may come late: whether one belongs to the boot that runs is judged by its own times, and the scheduler's clock only tells when none
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
        // Either list in the order of silence, the longest first.
        private readonly LinkedList<BootStory> _proven = [], _unproven = [];
        private readonly Dictionary<Endpoint, LinkedListNode<BootStory>> _byClient = [];
        private readonly SerialDisposable _timer = new();
        private bool _isTiming;

        public void OnNext(BootEvent value)
        {
            var client = value.Client with { Port = 0 };
            if (_byClient.TryGetValue(client, out var node) && value.Started - node.Value.LastAt > limits.Quiet)
            {
                End(node);
                node = null;
            }

            node ??= Begin(client, value.Started);
            node.Value.Add(value);
            node.List!.Remove(node);
            (node.Value.IsProven ? _proven : _unproven).AddLast(node);
            observer.OnNext(node.Value.Tell(isOver: false));
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
            if (_byClient.Count >= limits.MaxRunning) End(_unproven.First ?? _proven.First!);
            return _byClient[client] = _unproven.AddLast(new BootStory(client, started));
        }

        private void End(LinkedListNode<BootStory> node)
        {
            node.List!.Remove(node);
            _byClient.Remove(node.Value.Client);
            observer.OnNext(node.Value.Tell(isOver: true));
        }

        /// <summary>One timer for all: at the end of the quiet time of the one that was silent longest.</summary>
        private void Wait()
        {
            if (_isTiming || Oldest() is not { } oldest) return;
            _isTiming = true;
            var due = oldest.Value.LastAt + limits.Quiet;
            _timer.Disposable = scheduler.Schedule(due < scheduler.Now ? scheduler.Now : due, EndQuiet);
        }

        private void EndQuiet()
        {
            _isTiming = false;
            while (Oldest() is { } oldest && oldest.Value.LastAt + limits.Quiet <= scheduler.Now) End(oldest);
            Wait();
        }

        private LinkedListNode<BootStory>? Oldest() =>
            _proven.First is not { } proven ? _unproven.First
            : _unproven.First is { } unproven && unproven.Value.LastAt < proven.Value.LastAt ? unproven
            : proven;
    }
}
