using NLog;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>
/// Carries log events to NLog on a thread of its own, so that nobody who has something to say waits for a slow terminal or a full pipe: a bounded
/// queue that loses its oldest event when it is full and counts what it loses.
/// </summary>
internal sealed class LogQueue
{
    /// <summary>Events that may wait.</summary>
    public const int Capacity = 8192;

    /// <summary>How long an output that takes nothing may hold up the end of the program.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Queue<LogEventInfo> _waiting = [];
    private readonly Action<LogEventInfo> _write;
    private readonly Func<long, LogEventInfo> _tellLoss;
    private readonly Thread _thread;
    private long _dropped, _told;
    private bool _isClosed;

    /// <param name="write">Called by one thread; may block.</param>
    /// <param name="tellLoss">The event that says how many were lost.</param>
    public LogQueue(Action<LogEventInfo> write, Func<long, LogEventInfo> tellLoss)
    {
        (_write, _tellLoss) = (write, tellLoss);
        // A thread, not a task: blocked for good, it must not take one from the pool, which brings the signals.
        _thread = new Thread(WriteAll) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Events lost so far. From any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Never waits for the output. From any thread.</summary>
    public void Post(LogEventInfo entry)
    {
        lock (_waiting)
        {
            if (_isClosed) return;
            if (_waiting.Count == Capacity)
            {
                _waiting.Dequeue();
                _dropped++;
            }

            _waiting.Enqueue(entry);
            if (_waiting.Count == 1) Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Takes no more, and waits for what is queued, but no longer than <see cref="Patience"/>.</summary>
    /// <returns>Whether all of it was written; otherwise the output still holds the thread.</returns>
    public bool Close()
    {
        lock (_waiting)
        {
            _isClosed = true;
            Monitor.Pulse(_waiting);
        }

        return _thread.Join(Patience);
    }

    private void WriteAll()
    {
        while (Next() is { } entry) _write(entry);
    }

    private LogEventInfo? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isClosed) Monitor.Wait(_waiting);
            if (_dropped == _told) return _waiting.TryDequeue(out var entry) ? entry : null;
            var loss = _tellLoss(_dropped - _told);
            _told = _dropped;
            return loss;
        }
    }
}
