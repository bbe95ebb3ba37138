using System.Reactive.Concurrency;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>A transfer that is running, as the page shows it.</summary>
/// <param name="Rate">Bytes a second since it was looked at last.</param>
internal readonly record struct RunningTransfer(
    Endpoint Client, Request Request, DateTimeOffset Started, long Bytes, long? Size, double Rate, long Resent, TimeSpan? RoundTrip);

/// <summary>
/// Gives every session of one loop a <see cref="RunningTrace"/>, fills in what it says, and knows those that are running. What a session hears goes
/// into its trace where it is delivered. Touched on its loop only, but for <see cref="AcknowledgedBytes"/>.
/// </summary>
/// <param name="scheduler">The loop.</param>
internal sealed class FlightRecorder(IScheduler scheduler)
{
    /// <summary>Sessions at a time; further ones are not recorded. 1 KB each, which is kept for the next session.</summary>
    public const int TracesMax = 16_384;

    /// <summary>Rings that are allocated at a time: large enough that the collector does not move them about.</summary>
    private const int RingsAtATime = 128;

    /// <summary>A session that was silent for longer has ended without a record.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    // In the order of their begin.
    private readonly LinkedList<RunningTrace> _running = [];
    private readonly Stack<RunningTrace> _spare = [];
    private TraceRow[] _rows = [];
    private int _ringsUsed = RingsAtATime;
    private long _acknowledgedBytes;

    /// <summary>Of all sessions since the start; only ever grows. From any thread.</summary>
    public long AcknowledgedBytes => Volatile.Read(ref _acknowledgedBytes);

    /// <summary>Takes in what is sent.</summary>
    public void Say(in Emission emission)
    {
        if (emission.Peer is not { } peer) return;
        if (peer.Trace is null)
        {
            if (_running.Count >= TracesMax) return;
            Begin(peer);
        }

        Acknowledged(RunningTrace.Said(emission, scheduler.Now));
    }

    /// <summary>Takes in a note. A session's record is given its trace.</summary>
    public SessionNote Tell(in Emission note)
    {
        if (note.SessionNote is not SessionEnded ended || note.Peer?.Trace is not { } trace) return note.SessionNote;
        Acknowledged(ended.Bytes - note.Peer.Recorded.Bytes);
        return ended with { Trace = End(trace) };
    }

    /// <summary>At most so many of the running transfers, those first that have run longest.</summary>
    public IReadOnlyList<RunningTransfer> Look(int max)
    {
        var now = scheduler.Now;
        var seen = new List<RunningTransfer>(Math.Min(max, _running.Count));
        for (var node = _running.First; node is not null && seen.Count < max;)
        {
            var trace = node.Value;
            node = node.Next;
            if (trace.SilentFor(now) > Silence) End(trace);
            else seen.Add(Look(trace, now));
        }

        return seen;
    }

    private void Begin(Peer peer)
    {
        var trace = _spare.TryPop(out var spare) ? spare : new RunningTrace(NewRing());
        trace.Begin(peer, scheduler.Now);
        _running.AddLast(trace.Node);
    }

    private ArraySegment<TraceRow> NewRing()
    {
        if (_ringsUsed == RingsAtATime) (_rows, _ringsUsed) = (new TraceRow[RingsAtATime * RunningTrace.RowsMax], 0);
        return new ArraySegment<TraceRow>(_rows, _ringsUsed++ * RunningTrace.RowsMax, RunningTrace.RowsMax);
    }

    private SessionTrace End(RunningTrace trace)
    {
        _running.Remove(trace.Node);
        _spare.Push(trace);
        return trace.End();
    }

    private static RunningTransfer Look(RunningTrace trace, DateTimeOffset now)
    {
        var peer = trace.Peer!;
        var (passed, bytes) = ((now - trace.Looked.At).TotalSeconds, peer.AcknowledgedBytes);
        var rate = passed > 0 ? (bytes - trace.Looked.Bytes) / passed : 0;
        trace.Looked = (now, bytes);
        // For people: the wall clock's time, which the loop's does not follow.
        return new RunningTransfer(
            peer.Flow.Remote, peer.Request, DateTimeOffset.UtcNow - (now - trace.Started), bytes, trace.Size, rate, trace.Resent, peer.RoundTrip);
    }

    private void Acknowledged(long bytes)
    {
        if (bytes > 0) Volatile.Write(ref _acknowledgedBytes, _acknowledgedBytes + bytes);
    }
}
