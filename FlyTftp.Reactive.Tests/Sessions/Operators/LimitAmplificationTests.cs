using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Protocol;
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
        Assert.That(Left("192.0.2.9"), Is.EqualTo(AmplificationBudget.UnknownBurst - 700));
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
        peer.RequestBytes += 400;
        emissions.OnNext(Emission.Error(peer, Thousand));
        // 2000 out, 1500 free, and 700 were charged already: nothing is owed.
        Assert.That(Left("192.0.2.1"), Is.EqualTo(AmplificationBudget.UnknownBurst - 700));
    }

    [Test]
    public void What_cannot_be_paid_is_withheld_and_costs_nothing()
    {
        Assert.That(_budget.Unknown.TryCharge(PeerOf("192.0.2.200").Flow.Remote, AmplificationBudget.UnknownBurst - 500, _stage.Scheduler.Now));
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
    public void A_peer_that_is_proven_pays_nothing_and_gets_everything_back()
    {
        var peer = PeerOf("192.0.2.1");
        var emissions = new Subject<Emission>();
        emissions.LimitAmplification(_budget, _stage.Scheduler).Subscribe();
        emissions.OnNext(Emission.Error(peer, Thousand));
        emissions.OnNext(Emission.Error(peer, Thousand));
        _budget.Prove(peer, 0, _stage.Scheduler.Now);
        emissions.OnNext(Emission.Error(peer, Thousand));
        emissions.OnNext(Emission.Error(peer, Thousand));
        Assert.That(Left("192.0.2.1"), Is.EqualTo(AmplificationBudget.UnknownBurst));
    }

    [Test]
    public void Loopback_is_exempt()
    {
        var peer = PeerOf("127.1.2.3");
        for (var time = 0; time < 2000; time++) Assert.That(Pass(peer), Is.EqualTo("Error"));
        Assert.That(Pass(PeerOf("::1")), Is.EqualTo("Error"));
        Assert.That(Left("127.1.2.3"), Is.EqualTo(AmplificationBudget.UnknownBurst));
    }

    [Test]
    public void Notes_cost_nothing_and_ends_are_the_sources()
    {
        var note = Emission.Note(null, new Ignored(Stage.Flow, IgnoreReason.Stray));
        _stage.Watch(Observable.Return(note).LimitAmplification(_budget, _stage.Scheduler));
        _stage.Watch(Observable.Throw<Emission>(new InvalidOperationException("bug")).LimitAmplification(_budget, _stage.Scheduler));
        Assert.That(_stage.Seen, Is.EqualTo("0.000 * ignored: Stray\n0.000 |\n0.000 # bug"));
    }

    // 512 is every ROM's; EDK2 asks for 4, Windows for 16 and more.
    [TestCase(512, 1, 20_000)]
    [TestCase(1468, 4, 60_000)]
    [TestCase(1456, 16, 60_000)]
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
            TriesMax = 30,
        }).ToList();
        clients.ForEach(network.Add);
        network.Run();
        Assert.That(clients, Has.All.Property(nameof(ModelClient.IsComplete)).True);
        Assert.That(clients.Max(client => client.Duration), Is.LessThan(TimeSpan.FromSeconds(45)));
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
            + AmplificationBudget.UnknownBurst + AmplificationBudget.AnsweredBurst + ((AmplificationBudget.UnknownRate + AmplificationBudget.AnsweredRate) * lasted);
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
        Assert.That(network.BytesOut, Is.GreaterThan(AmplificationBudget.DefaultTotalRate / 2).And.LessThanOrEqualTo(
            (AmplificationBudget.FreeFactor * network.BytesIn) + AmplificationBudget.DefaultTotalRate + (AmplificationBudget.DefaultTotalRate * lasted)));
    }

    private static Peer PeerOf(string address, long receivedBytes = 0) =>
        new(Stage.Flow with { Remote = Endpoint.From(IPAddress.Parse(address), 2000) }, Stage.Request()) { RequestBytes = receivedBytes };

    private string Pass(Peer peer) =>
        Observable.Return(Emission.Error(peer, Thousand)).LimitAmplification(_budget, _stage.Scheduler).Wait().Kind.ToString();

    /// <summary>What the network of that address can still spend, found by halving.</summary>
    private int Left(string address)
    {
        var (remote, left) = (PeerOf(address).Flow.Remote, 0);
        for (var bytes = AmplificationBudget.UnknownBurst; bytes > 0; bytes /= 2)
        {
            if (_budget.Unknown.TryCharge(remote, bytes, _stage.Scheduler.Now)) left += bytes;
        }

        _budget.Unknown.GiveBack(remote, left);
        return left;
    }
}
