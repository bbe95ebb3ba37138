using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>What a network does to datagrams: each chance is one in a hundred; a reordered one takes up to five times the delay.</summary>
internal sealed record NetworkFaults(int Loss = 0, int Duplicate = 0, int Reorder = 0, int DelayMilliseconds = 10);

/// <summary>
/// The pipeline and its clients on virtual time, with a seeded network between them. Unlike <see cref="VirtualServer"/>'s scripts, clients answer
/// what they get. Afterwards all must be closed: contents, sessions, timers.
/// </summary>
internal sealed class ModelNetwork(TestStore store, SessionLimits? limits = null, NetworkFaults? faults = null, int seed = 0)
{
    public static readonly Endpoint Local = Endpoint.From(IPAddress.Parse("198.51.100.1"), 69);

    private readonly SessionLimits _limits = limits ?? new SessionLimits();
    private readonly NetworkFaults _faults = faults ?? new NetworkFaults();
    private readonly Random _random = new(seed);
    private readonly Subject<Datagram> _arrivals = new();
    private readonly Dictionary<Flow, ModelClient> _clients = [];
    private readonly HashSet<Peer> _running = [], _over = [];
    private readonly byte[] _buffer = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset];
    private DateTimeOffset _lastEvent;
    private bool _isLate, _isEmitting, _isAnsweredWithin;

    public HistoricalScheduler Scheduler { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public List<SessionNote> Notes { get; } = [];

    public IEnumerable<SessionEnded> Ended => Notes.OfType<SessionEnded>();

    /// <summary>Bytes of UDP payload that came to the server and that it sent.</summary>
    public long BytesIn { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>The requests among those that came.</summary>
    public long RequestBytesIn { get; private set; }

    /// <summary>DATA packets sent.</summary>
    public long DataSent { get; private set; }

    /// <summary>The most blocks that one emission had.</summary>
    public int WidestWindow { get; private set; }

    public void Add(ModelClient client) => _clients.Add(client.Flow, client);

    /// <summary>Puts a datagram on the server's table, without any network between.</summary>
    public void Deliver(Flow flow, byte[] bytes)
    {
        _lastEvent = Scheduler.Now;
        // The pipeline's contract: no network answers before the datagram has left.
        _isAnsweredWithin |= _isEmitting;
        BytesIn += bytes.Length;
        if (bytes[1] <= 2) RequestBytesIn += bytes.Length;
        _arrivals.OnNext(new Datagram(flow, bytes));
    }

    /// <summary>Lets a datagram travel.</summary>
    public void Carry(Action arrive)
    {
        if (Chance(_faults.Loss)) return;
        Scheduler.Schedule(Delay(), arrive);
        if (Chance(_faults.Duplicate)) Scheduler.Schedule(Delay(), arrive);
    }

    /// <summary>Runs until nothing is left to do, and demands that indeed nothing is left.</summary>
    public void Run()
    {
        using var subscription = _arrivals.Serve(store, _limits, Observable.Never<System.Reactive.Unit>(), Scheduler).Subscribe(Emit);
        foreach (var client in _clients.Values) client.Start(this);
        Scheduler.Start();

        Assert.That(store.OpenCount, Is.Zero, "contents left open");
        Assert.That(_isLate, Is.False, "something came after a session's end");
        Assert.That(_isAnsweredWithin, Is.False, "an emission was answered inside its own delivery");
        Assert.That(_running, Is.Empty, "sessions without an end");
        Assert.That(Scheduler.Now, Is.LessThanOrEqualTo(_lastEvent), "a timer outlived its session");
    }

    /// <summary>A client's timer.</summary>
    public IDisposable After(TimeSpan time, Action action) => Scheduler.Schedule(time, () =>
    {
        _lastEvent = Scheduler.Now;
        action();
    });

    private void Emit(Emission emission)
    {
        _lastEvent = Scheduler.Now;
        if (emission.Peer is { } peer)
        {
            // Not asserted here: what an observer throws may be taken for the session's own failure.
            if (_over.Contains(peer)) _isLate = true;
            _running.Add(peer);
        }

        if (emission.Kind == EmissionKind.Note)
        {
            Notes.Add(emission.SessionNote);
            if (emission.SessionNote is SessionEnded || (emission.SessionNote is Withheld && emission.Peer is { SentBytes: 0, HasAcknowledged: false }))
            {
                _running.Remove(emission.Peer!);
                _over.Add(emission.Peer!);
            }
        }

        if (emission.Kind == EmissionKind.Blocks)
        {
            DataSent += emission.BlockCount;
            WidestWindow = Math.Max(WidestWindow, emission.BlockCount);
        }

        _isEmitting = true;
        for (var number = 0; number < emission.DatagramCount; number++)
        {
            var bytes = _buffer.AsSpan(0, emission.WriteDatagram(number, _buffer)).ToArray();
            BytesOut += bytes.Length;
            if (_clients.TryGetValue(emission.Peer!.Flow, out var client)) Carry(() => Arrive(client, bytes));
        }

        _isEmitting = false;
    }

    private void Arrive(ModelClient client, byte[] bytes)
    {
        _lastEvent = Scheduler.Now;
        client.Receive(bytes);
    }

    private bool Chance(int percent) => percent > 0 && _random.Next(100) < percent;

    private TimeSpan Delay() =>
        TimeSpan.FromMilliseconds(_faults.DelayMilliseconds * (Chance(_faults.Reorder) ? 1 + 4 * _random.NextDouble() : 1));
}
