using System.Buffers.Binary;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>A transfer that is running, as the page shows it.</summary>
/// <param name="Rate">Bytes a second since it was looked at last.</param>
internal readonly record struct RunningTransfer(
    Endpoint Client, Request Request, DateTimeOffset Started, long Bytes, long? Size, double Rate, long Resent, TimeSpan? RoundTrip);

/// <summary>
/// Keeps a <see cref="SessionTrace"/> of every session of one loop, from what passes at both ends of the pipeline, and hands it out with the
/// session's record. The pipeline knows nothing of it. Touched on its loop only, but for <see cref="AcknowledgedBytes"/>.
/// </summary>
/// <param name="scheduler">The loop.</param>
internal sealed class FlightRecorder(IScheduler scheduler)
{
    /// <summary>Sessions at a time; further ones are not recorded. 2 KB each at most.</summary>
    public const int TracesMax = 16_384;

    /// <summary>A session that was silent for longer has ended without a record.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Flow, Entry> _entries = [];
    private Entry? _latest;
    private long _acknowledgedBytes;

    /// <summary>Of all sessions since the start; only ever grows. From any thread.</summary>
    public long AcknowledgedBytes => Volatile.Read(ref _acknowledgedBytes);

    /// <summary>The tap at the pipeline's entry.</summary>
    public IObservable<Datagram> Arrivals(IObservable<Datagram> arrivals) => arrivals.Do(datagram => Hear(datagram));

    /// <summary>The tap at its end: a session's record leaves with its trace.</summary>
    public IObservable<Emission> Emissions(IObservable<Emission> emissions) => emissions.Select(Say);

    /// <summary>At most so many of the running transfers, those first that have run longest.</summary>
    public IReadOnlyList<RunningTransfer> Look(int max)
    {
        var now = scheduler.Now;
        foreach (var (flow, entry) in _entries)
        {
            if (now - entry.Trace.LastAt > Silence) _entries.Remove(flow);
        }

        return [.. _entries.Values.OrderBy(static entry => entry.Trace.Started).Take(max).Select(entry => entry.Look(now))];
    }

    private void Hear(in Datagram datagram)
    {
        if (Find(datagram.Flow) is not { } entry) return;
        if (datagram.IsIcmp)
        {
            if (datagram.IsUnreachable) entry.Trace.Heard(PacketKind.Unreachable, default, scheduler.Now);
            return;
        }

        var payload = datagram.Payload.Span;
        if (payload.Length < 2) return;
        switch ((Opcode)BinaryPrimitives.ReadUInt16BigEndian(payload))
        {
            case Opcode.Acknowledgment when payload.Length >= 4:
                entry.Trace.Heard(PacketKind.Acknowledgment, new BlockNumber(BinaryPrimitives.ReadUInt16BigEndian(payload[2..])), scheduler.Now);
                break;
            case Opcode.ReadRequest:
                entry.Trace.Heard(PacketKind.ReadRequest, default, scheduler.Now);
                break;
            case Opcode.Error when PacketReader.Read(payload) is { Kind: PacketKind.Error } packet:
                entry.Trace.HeardError(packet.ErrorReport, scheduler.Now);
                break;
        }
    }

    private Emission Say(Emission emission)
    {
        if (emission.Peer is not { } peer) return emission;
        if (emission.Kind == EmissionKind.Note && emission.SessionNote is not SessionEnded) return emission;
        var entry = Find(peer.Flow);
        if (entry?.Trace.Peer != peer)
        {
            if (emission.Kind == EmissionKind.Note || (entry is null && _entries.Count >= TracesMax)) return emission;
            entry = Begin(peer);
        }

        if (emission.Kind == EmissionKind.Note)
        {
            _entries.Remove(peer.Flow);
            _latest = null;
            var ended = (SessionEnded)emission.SessionNote;
            Acknowledged(ended.Bytes - entry.Trace.Bytes);
            return Emission.Note(peer, ended with { Trace = entry.Trace });
        }

        var before = entry.Trace.Bytes;
        entry.Trace.Said(emission, scheduler.Now);
        Acknowledged(entry.Trace.Bytes - before);
        return emission;
    }

    private Entry Begin(Peer peer)
    {
        var now = scheduler.Now;
        var entry = new Entry(new SessionTrace(peer, now));
        // The request came before there was anything to record it in.
        entry.Trace.Heard(PacketKind.ReadRequest, default, now);
        _entries[peer.Flow] = entry;
        return _latest = entry;
    }

    /// <summary>Datagrams come in runs: mostly it is the one that was asked for last.</summary>
    private Entry? Find(in Flow flow)
    {
        if (_latest is { } latest && latest.Trace.Peer.Flow == flow) return latest;
        return _entries.TryGetValue(flow, out var found) ? _latest = found : null;
    }

    private void Acknowledged(long bytes)
    {
        if (bytes > 0) Volatile.Write(ref _acknowledgedBytes, _acknowledgedBytes + bytes);
    }

    private sealed class Entry(SessionTrace trace)
    {
        private DateTimeOffset _lookedAt = trace.Started;
        private long _bytesThen;

        public SessionTrace Trace => trace;

        public RunningTransfer Look(DateTimeOffset now)
        {
            var passed = (now - _lookedAt).TotalSeconds;
            var rate = passed > 0 ? (trace.Bytes - _bytesThen) / passed : 0;
            (_lookedAt, _bytesThen) = (now, trace.Bytes);
            // For people: the wall clock's time, which the loop's does not follow.
            return new RunningTransfer(
                trace.Peer.Flow.Remote, trace.Peer.Request, DateTimeOffset.UtcNow - (now - trace.Started), trace.Bytes, trace.Size, rate, trace.Resent, trace.RoundTrip);
        }
    }
}
