using System.Threading.Channels;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>
/// Carries notes from the loops to the log and the metrics without ever making a loop wait: a bounded queue that loses its oldest
/// note when it is full, counts what it loses, and is read by one consumer.
/// </summary>
internal sealed class NotePump : IAsyncDisposable
{
    /// <summary>Notes that may wait.</summary>
    public const int Capacity = 8192;

    /// <summary>How long a log that hangs may hold up the end of the program.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Notes are gathered this long, so that their reader is woken a hundred times a second at most and not for each: where it shares a core
    /// with a loop, every waking is two switches of context.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private readonly Channel<(SessionNote Note, DateTimeOffset At)> _queue;
    private readonly ServerLog _log;
    private readonly TimeProvider _time;
    private readonly Action<SessionNote, DateTimeOffset>[] _sinks;
    private readonly Task _consumer;
    private long _dropped, _reported;

    /// <param name="time">The wall clock: a note is stamped when it is posted, however late it is told.</param>
    /// <param name="sinks">Each is told every note and its time, in this order, by one thread at a time.</param>
    public NotePump(ServerLog log, TimeProvider time, params Action<SessionNote, DateTimeOffset>[] sinks)
    {
        _log = log;
        _time = time;
        _sinks = sinks;
        _queue = Channel.CreateBounded<(SessionNote, DateTimeOffset)>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        _consumer = Task.Run(ConsumeAsync);
    }

    /// <summary>Notes lost so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Never blocks and never throws; from any thread.</summary>
    public void Post(SessionNote note)
    {
        // The rest costs a stranger one datagram. It gets half the queue, so that a flood of it pushes no served client's record out.
        if (!LogFold.IsServed(note) && _queue.Reader.Count >= Capacity / 2) Interlocked.Increment(ref _dropped);
        else
        {
            var now = _time.GetUtcNow();
            // A loop's time is good for intervals only. People are told the wall clock's, as it is now.
            _queue.Writer.TryWrite((note is SessionEnded ended ? ended with { Started = now - ended.Duration } : note, now));
        }
    }

    /// <summary>Waits for the notes that are queued, but no longer than <see cref="Patience"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_consumer, Task.Delay(Patience)).ConfigureAwait(false);
    }

    private async Task ConsumeAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await Task.Delay(Gathering).ConfigureAwait(false);
            // Once a queueful at the latest: under a load that never lets the queue run dry, the loss must still be told.
            for (var told = 0; told < Capacity && _queue.Reader.TryRead(out var posted); told++) Tell(posted.Note, posted.At);
            ReportLosses();
        }
    }

    private void Tell(SessionNote note, DateTimeOffset at)
    {
        foreach (var sink in _sinks)
        {
            try
            {
                sink(note, at);
            }
            catch (Exception exception)
            {
                _log.SinkFailed(exception);
            }
        }
    }

    private void ReportLosses()
    {
        var dropped = Dropped;
        if (dropped == _reported) return;
        _log.NotesDropped(dropped - _reported);
        _reported = dropped;
    }
}
