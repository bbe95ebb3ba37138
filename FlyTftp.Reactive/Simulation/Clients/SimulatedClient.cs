using System.Reactive.Concurrency;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Simulation.Links;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>One machine: its downloads in turn, each in as many attempts as it takes, each attempt from a port of its own unless it keeps one.</summary>
internal sealed class SimulatedClient
{
    /// <summary>After this many failed attempts a machine is switched off.</summary>
    public const int AttemptsMax = 12;

    /// <summary>
    /// What a session cannot repair by itself: its reply or window and the one repeat of it, or their ACKs, all lost before the peer is
    /// validated. One loss is no reason to give up.
    /// </summary>
    private const int LossesThatExplain = 2;

    private const int FirstPort = 2000, RequestsAtOnce = 24;
    private static readonly Endpoint Server = Endpoint.IPv4(0xC633_6401, 69);

    private readonly ClientProfile _profile;
    private readonly LinkConditions _link;
    private readonly uint _address;
    private readonly string _name;
    private readonly IObserver<Datagram> _uplink;
    private readonly Referee _referee;
    private readonly SeededRandom _chance;
    private readonly IScheduler _scheduler;
    private readonly Queue<PlannedDownload> _planned = new();
    private readonly LinkLedger _ledger;

    private ClientPort _port = null!;
    private ClientDownload? _download;
    private DateTimeOffset _began;
    private int _attempts;
    private int _portsUsed;

    public SimulatedClient(
        int number, ClientProfile profile, LinkConditions link, IObserver<Datagram> uplink, LinkLedger ledger, SimulatedFiles files,
        Referee referee, SeededRandom chance, IScheduler scheduler)
    {
        (_profile, _link, _uplink, _ledger, _referee, _chance, _scheduler) = (profile, link, uplink, ledger, referee, chance, scheduler);
        // A forger's victims are networks of their own (198.19, not 198.18): what it spends must not cost anybody else's boot.
        _address = (profile.Forges ? Referee.Victims : 0xC612_0000u) + (uint)number;
        _name = $"client {number} ({profile.Name})";
        PlanDownloads(files);
    }

    public Endpoint Address => Endpoint.IPv4(_address, 0);

    public void Start(TimeSpan startsWithin) => _scheduler.Schedule(_chance.Between(TimeSpan.Zero, startsWithin), _profile.Forges || _profile.Withdraws ? RequestAndVanish : StartNext);

    public void Receive(Datagram datagram)
    {
        if (_download is { IsOver: false } download && datagram.Flow == _port.Flow) download.Receive(datagram.Payload.Span);
        else if (_profile.IsHost) PortAt(datagram.Flow.Remote.Port).SendUnreachable();
    }

    private void PlanDownloads(SimulatedFiles files)
    {
        for (var misses = _chance.Between(0, _profile.MissesMax); misses > 0; misses--) _planned.Enqueue(new PlannedDownload($"pxelinux.cfg/{misses:X8}", null));
        for (var count = 0; count < _profile.Files; count++)
        {
            var file = files.Draw(_profile, _chance);
            if (_profile.ProbesSize) _planned.Enqueue(new PlannedDownload(file.Name, file, IsProbe: true));
            _planned.Enqueue(new PlannedDownload(file.Name, file));
        }
    }

    private void StartNext()
    {
        _attempts = 0;
        if (_planned.Count > 0) Attempt();
    }

    private void Attempt()
    {
        _attempts++;
        _began = _scheduler.Now;
        _port = PortAt(_profile.KeepsPort ? FirstPort : FirstPort + _portsUsed++);
        _download = new ClientDownload(_profile, _planned.Peek(), _port, Ended, _chance, _scheduler);
        _download.Start();
    }

    private void Ended(DownloadEnd end)
    {
        switch (end)
        {
            case DownloadEnd.GaveUp when _profile.IsHonest:
                GaveUp();
                break;
            case DownloadEnd.GaveUp or DownloadEnd.Vanished:
                break;
            default:
                if (end == DownloadEnd.Complete) _referee.Completed(_planned.Peek().Expected!.Bytes.Length, _began);
                _planned.Dequeue();
                Soon(StartNext);
                break;
        }
    }

    private void GaveUp()
    {
        _referee.Restarted();
        if (_ledger.Lost - _download!.LostAtProgress < LossesThatExplain && !_referee.WasReplacedByLateCopy(_port.Flow))
            _port.Fail($"({_planned.Peek().Name}) gave up, though its link had lost {_ledger.Lost - _download.LostAtProgress} datagrams since it last got a block");
        else if (_attempts < AttemptsMax) Soon(Attempt);
        else if (_link.Loss <= Referee.HonestLossMax) _port.Fail($"did not get {_planned.Peek().Name} in {AttemptsMax} attempts");
        else _referee.Abandoned();
    }

    /// <summary>Who uses a port again does so when nothing of its last transfer can be under way any more.</summary>
    private void Soon(Action step) =>
        _scheduler.Schedule((_profile.KeepsPort ? 2 * _link.Lifetime : TimeSpan.Zero) + _chance.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(50)), step);

    /// <summary>
    /// Many requests, none of them meant: a forger gets a window for each address and port by an ACK 0 that needs no answer to be guessed;
    /// a hasty one says ERROR, which may find the file still being opened.
    /// </summary>
    private void RequestAndVanish()
    {
        for (var count = 0; count < RequestsAtOnce; count++)
        {
            var port = PortAt(FirstPort + count);
            port.Send(_profile.Ask(_planned.Peek().Name, _profile.WindowSizeMax));
            if (_profile.Withdraws) Later(TimeSpan.Zero, () => port.Send(new ErrorReport(ErrorCode.NotDefined, "never mind")));
            else Later(_link.RoundTrip, () => port.Acknowledge(0));
        }

        void Later(TimeSpan atLeast, Action step) => _scheduler.Schedule(atLeast + _chance.Between(TimeSpan.Zero, _link.Lifetime), step);
    }

    private ClientPort PortAt(int port) => new(
        new Flow(Endpoint.IPv4(_address, (ushort)port), Server), _name, _uplink, _ledger, _referee);
}
