using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class LimitAmplificationTests
{
    // An ERROR with a text of 995 characters: 1000 bytes.
    private static readonly ErrorReport Thousand = new(ErrorCode.NotDefined, new string('x', 995));

    private Stage _stage = null!;
    private AmplificationBudget _budget = null!;

    [SetUp]
    public void Begin() => (_stage, _budget) = (new Stage(), new AmplificationBudget());

    [Test]
    public void Three_times_what_came_in_is_free_and_the_rest_is_charged()
    {
        var peer = PeerOf("192.0.2.1", receivedBytes: 100);
        Assert.That(Pass(peer), Is.EqualTo("Error"));
        Assert.That(Left("192.0.2.9"), Is.EqualTo(AmplificationBudget.NetworkBurst - 700));
    }

    [Test]
    public void Keeps_its_source_until_that_ends_or_nobody_listens()
    {
        var error = Emission.Error(PeerOf("192.0.2.1", receivedBytes: 10_000), Thousand);
        var (ending, lasting) = (_stage.Hot(2, (1, error)), _stage.Hot(null, (1, error), (4, error)));
        _stage.Watch(ending.LimitAmplification(_budget, _stage.Scheduler), static emission => emission.Kind.ToString());
        var subscription = _stage.Watch(lasting.LimitAmplification(_budget, _stage.Scheduler), static emission => emission.Kind.ToString());
        _stage.At(3, subscription.Dispose);
        Assert.That(_stage.Run(), Is.EqualTo("1.000 Error\n1.000 Error\n2.000 |"));
        Assert.That((ending.Subscriptions, lasting.Subscriptions), Is.EqualTo(("0.000-2.000", "0.000-3.000")));
    }

    [Test]
    public void What_comes_in_later_pays_for_what_goes_out_later()
    {
        var peer = PeerOf("192.0.2.1", receivedBytes: 100);
        var emissions = new Subject<Emission>();
        emissions.LimitAmplification(_budget, _stage.Scheduler).Subscribe();
        emissions.OnNext(Emission.Error(peer, Thousand));
        peer.ReceivedBytes += 400;
        emissions.OnNext(Emission.Error(peer, Thousand));
        // 2000 out, 1500 free, and 700 were charged already: nothing is owed.
        Assert.That(Left("192.0.2.1"), Is.EqualTo(AmplificationBudget.NetworkBurst - 700));
    }

    [Test]
    public void What_cannot_be_paid_is_withheld_and_costs_nothing()
    {
        Assert.That(_budget.TryCharge(PeerOf("192.0.2.200").Flow.Remote, AmplificationBudget.NetworkBurst - 500, _stage.Scheduler.Now));
        var peer = PeerOf("192.0.2.1");
        var withheld = new List<Emission>();
        Observable.Return(Emission.Error(peer, Thousand)).LimitAmplification(_budget, _stage.Scheduler).Subscribe(withheld.Add);
        Assert.That(withheld.Single().SessionNote, Is.EqualTo(new Withheld(peer.Flow, 1000)));
        Assert.That(withheld[0].Peer, Is.SameAs(peer));
        Assert.That(peer.IsWithheld);
        Assert.That(peer.SentBytes, Is.Zero);
        Assert.That(Left("192.0.2.1"), Is.EqualTo(500));
        Assert.That(Pass(PeerOf("192.0.3.1")), Is.EqualTo("Error"), "another network has its own budget");
    }

    [Test]
    public void A_peer_that_is_validated_pays_nothing_and_gets_everything_back()
    {
        var peer = PeerOf("192.0.2.1");
        var emissions = new Subject<Emission>();
        emissions.LimitAmplification(_budget, _stage.Scheduler).Subscribe();
        emissions.OnNext(Emission.Error(peer, Thousand));
        emissions.OnNext(Emission.Error(peer, Thousand));
        peer.IsValidated = true;
        emissions.OnNext(Emission.Error(peer, Thousand));
        emissions.OnNext(Emission.Error(peer, Thousand));
        Assert.That(Left("192.0.2.1"), Is.EqualTo(AmplificationBudget.NetworkBurst));
    }

    [Test]
    public void The_record_of_a_peer_validated_by_its_only_ack_gives_back_too()
    {
        var server = new VirtualServer(new TestStore().Add("file", 400));
        // One block and one ACK each, 5000 times 400 bytes within a second: more than the network's budget, were it not given back.
        server.Run(string.Join('\n', Enumerable.Range(0, 5000).Select(number =>
        {
            var (time, client) = (number / 5000.0, 3000 + number);
            return $"{time:0.0000} {client}: RRQ file octet\n{time:0.0000} {client}: ACK 1";
        })));
        Assert.That(server.Ended.Count(end => end.Outcome == Outcome.Complete), Is.EqualTo(5000));
        var notes = server.Emissions.Where(emission => emission.Kind == EmissionKind.Note).Select(emission => emission.SessionNote);
        Assert.That(notes, Has.None.TypeOf<Withheld>());
    }

    [Test]
    public void Loopback_is_exempt()
    {
        var peer = PeerOf("127.1.2.3");
        for (var time = 0; time < 2000; time++) Assert.That(Pass(peer), Is.EqualTo("Error"));
        Assert.That(Pass(PeerOf("::1")), Is.EqualTo("Error"));
        Assert.That(Left("127.1.2.3"), Is.EqualTo(AmplificationBudget.NetworkBurst));
    }

    [Test]
    public void Notes_cost_nothing_and_ends_are_the_sources()
    {
        var note = Emission.Note(null, new Ignored(Stage.Flow, IgnoreReason.Stray));
        _stage.Watch(Observable.Return(note).LimitAmplification(_budget, _stage.Scheduler));
        _stage.Watch(Observable.Throw<Emission>(new InvalidOperationException("bug")).LimitAmplification(_budget, _stage.Scheduler));
        Assert.That(_stage.Seen, Is.EqualTo("0.000 * ignored: Stray\n0.000 |\n0.000 # bug"));
    }

    [Test]
    public void What_was_withheld_goes_out_as_soon_as_there_is_budget_and_is_no_repeat()
    {
        // 64 windows of 20 × 1024 bytes are more than the budget of 1 MiB: the last of them waits for what comes back, 16 KiB a second.
        var server = new VirtualServer(new TestStore().Add("file", 40_000));
        var script = string.Join('\n', Enumerable.Range(3000, 64).Select(port =>
            $"0 {port}: RRQ file octet blksize=1024 windowsize=20\n.05 {port}: ACK 0"));
        var transcript = server.Run(script);
        var first = server.Emissions.Where(emission => emission is { Kind: EmissionKind.Blocks, FirstBlock: 1, IsRepeat: false }).ToList();
        Assert.That(transcript, Does.Contain("0.050 3063: * withheld: 20560 bytes\n"));
        Assert.That(first.Count, Is.GreaterThanOrEqualTo(51));
        Assert.That(first.Select(emission => emission.Peer), Is.Unique);
        Assert.That(server.Ended.Count(), Is.EqualTo(64));
    }

    [Test]
    public void A_session_that_is_withheld_does_not_wait_for_ever()
    {
        // A window larger than any budget: of no use to anybody, but it must end.
        var server = new VirtualServer(new TestStore().Add("file", 4_000_000), new SessionLimits { WindowBytes = 2 << 20 });
        var lines = server.Run("0 RRQ file octet blksize=60000 windowsize=30\n.05 ACK 0").Split('\n');
        Assert.That(lines[^1], Is.EqualTo("30.250 * gave-up: 0 bytes, 0 blocks, 0 again (withheld)"));
        Assert.That(lines[3..^1], Has.All.EndsWith("* withheld: 1800120 bytes"));
    }

    [Test]
    public void A_client_whose_repeat_was_withheld_is_served_on_once_it_is_validated()
    {
        var server = new VirtualServer(new TestStore().Add("file", 2000));
        // The others spend the network's budget before the first client's DATA 1 is due again: by then its ACK is on its way.
        string Others(int first, int count, string time) => string.Join('\n', Enumerable.Range(first, count).Select(port => $"{time} {port}: RRQ file octet"));
        server.Run($"0 RRQ file octet\n{Others(3000, 2400, ".5")}\n{Others(6000, 100, ".9999")}\n1.1 ACK 1\n1.2 ACK 2\n1.3 ACK 3\n1.4 ACK 4");
        var first = server.Emissions.Where(emission => emission.Peer?.Flow.Remote.Port == 2000).ToList();
        Assert.That(first[1].SessionNote, Is.TypeOf<Withheld>());
        Assert.That(first.Where(emission => emission.Kind == EmissionKind.Blocks).Select(emission => emission.ToString()), Is.EqualTo(
            ["DATA 1 (512 bytes)", "DATA 2 (512 bytes)", "DATA 3 (512 bytes)", "DATA 4 (464 bytes)"]));
        Assert.That(((SessionEnded)first[^1].SessionNote).Outcome, Is.EqualTo(Outcome.Complete));
    }

    [TestCase(8)]
    [TestCase(12)]
    [TestCase(1428)]
    public void The_largest_window_that_can_be_set_can_be_paid(int blockSize)
    {
        var limits = new SessionLimits { WindowSizeMax = TransferParameters.MaxWindowSize, WindowBytes = ServerOptionTable.MaxWindowBytes };
        var server = new VirtualServer(new TestStore().Add("file", 2_000_000), limits);
        server.Run($"0 RRQ file octet blksize={blockSize} windowsize=65535\n.05 ACK 0\n.2 ERROR 0 x");
        Assert.That(server.Emissions.Sum(emission => emission.BlockCount), Is.EqualTo(Math.Min(65535, limits.WindowBytes / blockSize)));
    }

    // 512 is every ROM's; EDK2 asks for 4, Windows for 16 and more.
    [TestCase(512, 1, 20_000)]
    [TestCase(1468, 4, 60_000)]
    [TestCase(1456, 16, 60_000)]
    [TestCase(1456, 32, 120_000)]
    public void Five_hundred_machines_behind_one_address_boot_at_once(int blockSize, int windowSize, int length)
    {
        var network = new ModelNetwork(new TestStore().Add("boot", length));
        var clients = Enumerable.Range(2000, 500).Select(port => new ModelClient
        {
            File = "boot",
            Flow = ModelClient.FlowOf(port),
            Begins = TimeSpan.FromMilliseconds(port * 7 % 50),
            BlockSize = blockSize,
            WindowSize = windowSize,
        }).ToList();
        clients.ForEach(network.Add);
        network.Run();
        Assert.That(clients, Has.All.Property(nameof(ModelClient.IsComplete)).True);
        Assert.That(clients.Max(client => client.Duration), Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    // A forger of one victim's address, and of a whole network's; with ACK 0 guessed or without.
    [TestCase("RRQ boot octet", 1)]
    [TestCase("RRQ boot octet", 250)]
    [TestCase("RRQ boot octet blksize=1468 windowsize=64", 250)]
    [TestCase("RRQ boot octet blksize=65464 windowsize=64 tsize=0", 1)]
    [TestCase("WRQ boot octet", 250)]
    public void A_forger_gets_the_budget_and_no_more(string request, int hosts)
    {
        const int seconds = 20, perSecond = 200;
        var network = new ModelNetwork(new TestStore().Add("boot", 1_000_000));
        var (ask, guess) = (PacketScript.Encode(request), PacketScript.Encode("ACK 0"));
        for (var number = 0; number < seconds * perSecond; number++)
        {
            var remote = Endpoint.IPv4(0xC000_0200 + (uint)(number % hosts), (ushort)(1024 + (number % 2000)));
            var flow = new Flow(remote, ModelNetwork.Local);
            network.Scheduler.Schedule(TimeSpan.FromSeconds(number / (double)perSecond), () =>
            {
                network.Deliver(flow, ask);
                network.Deliver(flow, guess);
            });
        }

        network.Run();
        var lasted = network.Scheduler.Now.TimeOfDay.TotalSeconds;
        var allowed = (AmplificationBudget.FreeFactor * network.BytesIn)
            + AmplificationBudget.NetworkBurst + (AmplificationBudget.NetworkRate * lasted);
        Assert.That(network.BytesOut, Is.LessThanOrEqualTo(allowed));
    }

    [Test]
    public void Forgers_of_all_addresses_together_get_the_budget_of_all()
    {
        var network = new ModelNetwork(new TestStore().Add("boot", 1_000_000));
        var (ask, guess) = (PacketScript.Encode("RRQ boot octet blksize=1468 windowsize=64"), PacketScript.Encode("ACK 0"));
        for (var number = 0; number < 1000; number++)
        {
            var flow = new Flow(Endpoint.IPv4(0x0A00_0000 + ((uint)number << 8), 2000), ModelNetwork.Local);
            network.Scheduler.Schedule(TimeSpan.FromMilliseconds(number), () =>
            {
                network.Deliver(flow, ask);
                network.Deliver(flow, guess);
            });
        }

        network.Run();
        var lasted = network.Scheduler.Now.TimeOfDay.TotalSeconds;
        Assert.That(network.BytesOut, Is.GreaterThan(AmplificationBudget.TotalBurst / 2).And.LessThanOrEqualTo(
            (AmplificationBudget.FreeFactor * network.BytesIn) + AmplificationBudget.TotalBurst + (AmplificationBudget.TotalRate * lasted)));
    }

    private static Peer PeerOf(string address, long receivedBytes = 0) =>
        new(Stage.Flow with { Remote = Endpoint.From(IPAddress.Parse(address), 2000) }, Stage.Request()) { ReceivedBytes = receivedBytes };

    private string Pass(Peer peer) =>
        Observable.Return(Emission.Error(peer, Thousand)).LimitAmplification(_budget, _stage.Scheduler).Wait().Kind.ToString();

    /// <summary>What the network of that address can still spend, found by halving.</summary>
    private int Left(string address)
    {
        var (remote, left) = (PeerOf(address).Flow.Remote, 0);
        for (var bytes = AmplificationBudget.NetworkBurst; bytes > 0; bytes /= 2)
        {
            if (_budget.TryCharge(remote, bytes, _stage.Scheduler.Now)) left += bytes;
        }

        _budget.GiveBack(remote, left);
        return left;
    }
}
