using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Simulation.Clients;
using FlyTftp.Reactive.Simulation.Links;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Simulation;

/// <summary>The server under test: <see cref="Pipeline"/>, or a broken one that the simulation has to find out.</summary>
internal delegate IObservable<Emission> SimulatedServer(
    IObservable<Datagram> arrivals, IContentStore store, SessionLimits limits, IScheduler scheduler);

/// <summary>One seed: clients, links and the server on a virtual clock, from the first request until nothing is left to do.</summary>
internal sealed class SeedRun : IDisposable
{
    /// <summary>A run that is not over by then never will be.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(30);

    /// <summary>Share of a slow disk's answers that have to be waited for.</summary>
    private const double SlowAnswers = 0.1;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SessionLimits Limits = new();

    private readonly long _seed;
    private readonly SessionLimits _limits;
    private readonly VirtualTimeScheduler _scheduler = new(Epoch);
    private readonly CountingScheduler _timers;
    private readonly Referee _referee;
    private readonly SimulatedStore _store;
    private readonly Subject<Datagram> _arrivals = new(), _departures = new();
    private readonly Dictionary<Endpoint, (Subject<Datagram> Downlink, LinkLedger Ledger)> _links = [];
    private readonly SeedLadder? _ladder;
    private readonly byte[] _scratch = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset];
    private bool _isTaking;

    private SeedRun(long seed, SimulationSettings settings, SeedLadder? ladder)
    {
        (_seed, _ladder) = (seed, ladder);
        _limits = Limits with { TrustsPeers = settings.TrustsPeers };
        _timers = new CountingScheduler(_scheduler);
        _referee = new Referee(_limits, _scheduler);
        var chance = new SeededRandom((ulong)seed);
        var files = new SimulatedFiles(settings.FileSize, chance.Split());
        // One disk in four is slow at times.
        _store = new SimulatedStore(files, chance.Happens(0.25) ? SlowAnswers : 0, chance.Split(), _referee, _scheduler);
        for (var number = 1; number <= settings.Clients; number++) Connect(number, settings, files, chance.Split());
        _departures.Narrow(settings.Link, Drop, _scheduler).Subscribe(datagram => LinkOf(datagram).Downlink.OnNext(datagram));
    }

    /// <param name="ladder">Takes down what happens; <c>null</c>: nobody does.</param>
    public static SeedResult Run(long seed, SimulationSettings settings, SeedLadder? ladder = null) => Run(
        seed, settings, static (arrivals, store, limits, scheduler) => arrivals.Serve(store, limits, Observable.Never<Unit>(), scheduler), ladder);

    public static SeedResult Run(long seed, SimulationSettings settings, SimulatedServer server, SeedLadder? ladder = null)
    {
        using var run = new SeedRun(seed, settings, ladder);
        return run.Run(server);
    }

    public void Dispose()
    {
        _arrivals.Dispose();
        _departures.Dispose();
    }

    private void Connect(int number, SimulationSettings settings, SimulatedFiles files, SeededRandom chance)
    {
        var link = settings.Link;
        var ledger = new LinkLedger();
        var (uplink, downlink) = (new Subject<Datagram>(), new Subject<Datagram>());
        var client = new SimulatedClient(number, settings.Profile ?? ClientProfiles.Draw(chance), link, Observer.Create<Datagram>(Send), ledger, files, _referee, chance.Split(), _scheduler);
        uplink.Through(link, chance, ledger, _scheduler).Subscribe(Arrive);
        downlink.Through(link, chance, ledger, _scheduler).Subscribe(client.Receive);
        _links.Add(client.Address, (downlink, ledger));
        client.Start(settings.StartsWithin);

        void Send(Datagram datagram)
        {
            var lost = ledger.Lost;
            uplink.OnNext(datagram);
            if (ledger.Lost > lost) _ladder?.Add(_scheduler.Now - Epoch, datagram, isFromClient: true, isLost: true);
        }
    }

    private SeedResult Run(SimulatedServer server)
    {
        var isCompleted = false;
        using var subscription = server(_arrivals, _store, _limits, _timers).Subscribe(
            Take, error => _referee.Fail($"the pipeline failed: {error.GetType().Name}: {error.Message}"), () => isCompleted = true);
        while (_referee.Violation is null && _scheduler.RunNext()) CheckStep();
        if (_referee.Violation is null)
        {
            _referee.Finish();
            _arrivals.OnCompleted();
            if (!isCompleted) _referee.Fail("the pipeline has not completed, though its input has and no session is left");
        }

        return new SeedResult(
            _seed, _referee.Violation, _referee.Outcomes, _referee.Datagrams, _referee.Bytes, _referee.Completions, _referee.Restarts,
            _referee.AbandonedClients, _scheduler.Now - Epoch, _referee.FingerprintValue)
        {
            Transfers = _referee.Transfers,
            Sent = _referee.Sent,
        };
    }

    private void CheckStep()
    {
        // One that waits for the client, and one that spreads a window over time, or keeps another request waiting.
        if (_timers.Running > 2 * _referee.OpenSessions) _referee.Fail($"{_timers.Running} timers are running for {_referee.OpenSessions} sessions");
        if (_store.OpenCount > _referee.OpenSessions + _referee.WaitingRequests + _store.Opening) _referee.Fail($"{_store.OpenCount} contents are open for {_referee.OpenSessions} sessions");
        if (_scheduler.Now - Epoch > LongestRun) _referee.Fail("the run does not end");
    }

    private void Arrive(Datagram datagram)
    {
        if (_isTaking) _referee.Fail($"{datagram.Flow.Remote} answered an emission inside its own delivery");
        _ladder?.Add(_scheduler.Now - Epoch, datagram, isFromClient: true, isLost: false);
        _referee.DuringArrival(datagram, _arrivals);
    }

    private (Subject<Datagram> Downlink, LinkLedger Ledger) LinkOf(in Datagram datagram) => _links[datagram.Flow.Remote with { Port = 0 }];

    /// <summary>The queue in front of the bottleneck was full, or the datagram too large for it.</summary>
    private void Drop(Datagram datagram) => LinkOf(datagram).Ledger.Entered++;

    /// <summary>The edge: emissions become bytes on the client's link.</summary>
    private void Take(Emission emission)
    {
        _referee.Judge(emission);
        if (emission is { Kind: EmissionKind.Note, SessionNote: SessionEnded end }) _ladder?.Add(end);
        if (emission.DatagramCount == 0) return;
        var flow = emission.Peer!.Flow;
        var ledger = _links[flow.Remote with { Port = 0 }].Ledger;
        var left = emission.Length;
        _isTaking = true;
        for (var number = 0; number < emission.DatagramCount; number++)
        {
            var bytes = _scratch.AsSpan(0, emission.WriteDatagram(number, _scratch)).ToArray();
            left -= bytes.Length;
            _referee.Count(flow, bytes);
            var datagram = new Datagram(flow, bytes);
            var lost = ledger.Lost;
            _departures.OnNext(datagram);
            _ladder?.Add(_scheduler.Now - Epoch, datagram, isFromClient: false, isLost: ledger.Lost > lost);
        }

        _isTaking = false;
        if (left != 0) _referee.Fail($"{flow.Remote}: {emission} has another length than it says");
    }
}
