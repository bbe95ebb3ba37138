using System.Reactive.Concurrency;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>
/// Forgers who know all of docs/security.md but the server's key, and see nothing of what it sends: what their victims' network gets of it, in all and
/// for each byte that they spend. The figures in docs/security.md are these tests' output.
/// </summary>
internal sealed class ForgerTests
{
    private const int Allowance = AmplificationBudget.UnknownBurst + AmplificationBudget.AnsweredBurst;
    private const int Rate = AmplificationBudget.UnknownRate + AmplificationBudget.AnsweredRate;
    private const string Windows = "RRQ boot octet blksize=1432 windowsize=64";

    private ModelNetwork _network = null!;

    [SetUp]
    public void Begin() => _network = new ModelNetwork(new TestStore().Add("boot", 4_000_000), new SessionLimits { Key = 42 });

    [Test]
    public void A_plain_request_buys_one_block()
    {
        Send(0, FlowOf(1), PacketScript.Encode("RRQ boot octet"));
        _network.Run();
        Assert.That(_network.BytesOut, Is.EqualTo(516));
        Report("one plain request");
    }

    [Test]
    public void A_request_with_options_buys_three_times_its_bytes()
    {
        Send(0, FlowOf(1), PacketScript.Encode(Windows));
        _network.Run();
        Assert.That(_network.BytesOut, Is.LessThanOrEqualTo(3 * _network.BytesIn));
        Report("one request with options");
    }

    [Test]
    public void One_guessed_ack_0_buys_one_first_flight()
    {
        Send(0, FlowOf(1), PacketScript.Encode(Windows));
        Send(0.05, FlowOf(1), Ack(0));
        _network.Run();
        // The window of 64 blocks, once; its first and last block again, by the probe and the timer.
        Assert.That(_network.BytesOut, Is.LessThanOrEqualTo(3 * _network.BytesIn + 67 * 1436));
        Report("one guessed ACK 0");
    }

    // ACKs one by one, of each window's end, at random places, from one session or from a new one whenever the last is silent.
    [TestCase(1, 1000, 1)]
    [TestCase(1, 100, 1)]
    [TestCase(1, 10, 1)]
    [TestCase(64, 1000, 1)]
    [TestCase(64, 20, 1)]
    [TestCase(0, 1000, 1)]
    [TestCase(0, 20, 1)]
    [TestCase(1, 1000, 200)]
    [TestCase(64, 200, 200)]
    [TestCase(0, 200, 200)]
    public void Guessed_acks_buy_the_allowance_and_no_more(int step, int perSecond, int sessions)
    {
        const int seconds = 60;
        var random = new Random(step + perSecond + sessions);
        for (var session = 0; session < sessions; session++)
        {
            var (flow, begins) = (FlowOf(session), session * seconds / (double)sessions);
            Send(begins, flow, PacketScript.Encode(Windows));
            var block = 0;
            for (var number = 0; number < perSecond * seconds / sessions; number++)
            {
                Send(begins + 0.01 + (number + 1) / (double)perSecond, flow, Ack(block));
                block += step == 0 ? random.Next(1, 65) : step;
            }
        }

        _network.Run();
        Assert.That(_network.BytesOut, Is.LessThanOrEqualTo(Allowed()));
        Report($"ACKs {(step == 0 ? "at random places" : $"{step} by {step}")}, {perSecond}/s, {sessions} sessions");
    }

    /// <summary>Patient ones, who give the server their own round trip: each ACK comes a fixed time after the one before, whatever was sent.</summary>
    [TestCase(0.02)]
    [TestCase(0.2)]
    [TestCase(1)]
    [TestCase(5)]
    public void Patience_buys_no_more(double interval)
    {
        for (var session = 0; session < 100; session++)
        {
            var (flow, begins) = (FlowOf(session), session * 0.1);
            Send(begins, flow, PacketScript.Encode("RRQ boot octet blksize=1432"));
            for (var block = 0; block < 60 / interval && block < 1000; block++) Send(begins + (block + 1) * interval, flow, Ack(block));
        }

        _network.Run();
        Assert.That(_network.BytesOut, Is.LessThanOrEqualTo(Allowed()));
        Report($"lock-step, an ACK every {interval} s, 100 sessions");
    }

    /// <summary>Gamblers: small blocks, so that a try costs little, the same guess at the best time, and if that should have been lucky, all that it is worth.</summary>
    [TestCase(8)]
    [TestCase(64)]
    public void Many_cheap_tries_buy_no_more(int blockSize)
    {
        const int sessions = 6000;
        for (var session = 0; session < sessions; session++)
        {
            var (flow, begins) = (FlowOf(session), session * 60.0 / sessions);
            Send(begins, flow, PacketScript.Encode($"RRQ boot octet blksize={blockSize} windowsize=64"));
            for (var ack = 0; ack < 3; ack++) Send(begins + 0.02 * (ack + 1), flow, Ack(ack * 64));
            // Longer than the longest hold where one of four places is left out: never too early.
            for (var guess = 1; guess <= 4; guess++) Send(begins + 0.06 + guess * 0.08, flow, Ack(128 + guess));
            for (var ack = 1; ack < 100; ack++) Send(begins + 0.4 + 0.02 * ack, flow, Ack(132 + 60 * ack));
        }

        _network.Run();
        Assert.That(_network.BytesOut, Is.LessThanOrEqualTo(Allowance + Rate * _network.Scheduler.Now.TimeOfDay.TotalSeconds));
        Report($"{sessions} tries with blocks of {blockSize} bytes");
    }

    [TestCase("RRQ boot octet")]
    [TestCase(Windows)]
    public void Ten_thousand_requests_in_ten_seconds_buy_five_times_their_bytes(string request)
    {
        for (var number = 0; number < 10_000; number++) Send(number / 1000.0, FlowOf(number), PacketScript.Encode(request));
        _network.Run();
        Assert.That(_network.BytesOut, Is.LessThanOrEqualTo(5 * _network.BytesIn));
        Report($"10,000 × {request}");
    }

    [Test]
    public void Five_hundred_machines_of_one_network_start_in_the_same_instant_and_again_after_three_seconds()
    {
        _network = new ModelNetwork(new TestStore().Add("boot", 400_000), new SessionLimits { Key = 42 });
        // A model client asks anew, from the beginning, whenever three of its waits of a second were in vain.
        var clients = Enumerable.Range(0, 500).Select(number => new ModelClient
        {
            File = "boot",
            Flow = FlowOf(number),
            BlockSize = 1432,
            WindowSize = 64,
            TriesMax = 300,
        }).ToList();
        var complete = new HashSet<Endpoint>();
        clients.ForEach(_network.Add);
        _network.Run();
        complete.UnionWith(clients.Where(client => client.IsComplete).Select(client => client.Flow.Remote));
        TestContext.Out.WriteLine($"{complete.Count} of 500 the last after {clients.Max(client => client.Duration).TotalSeconds:F1} s");
        Assert.That(complete, Has.Count.EqualTo(500));
    }

    // Machines that want a file while a thousand requests a second come in the names of all addresses of their network.
    [TestCase("RRQ boot octet")]
    [TestCase(Windows)]
    public void Honest_machines_of_a_network_in_whose_name_requests_are_forged_boot(string request)
    {
        for (var number = 0; number < 10_000; number++) Send(number / 1000.0, FlowOf(5_000 + number), PacketScript.Encode(request));
        var clients = Enumerable.Range(0, 20).Select(number => new ModelClient
        {
            File = "boot",
            Flow = FlowOf(number),
            BlockSize = 1432,
            Begins = TimeSpan.FromSeconds(1 + number * 0.2),
        }).ToList();
        clients.ForEach(_network.Add);
        _network.Run();
        TestContext.Out.WriteLine($"{clients.Count(client => client.IsComplete)} of 20 beside 10,000 × {request}");
        Assert.That(clients.Count(client => client.IsComplete), Is.GreaterThanOrEqualTo(18));
    }

    private double Allowed() => AmplificationBudget.FreeFactor * _network.RequestBytesIn + Allowance + Rate * _network.Scheduler.Now.TimeOfDay.TotalSeconds;

    private void Report(string what) => TestContext.Out.WriteLine(
        $"{what}: {_network.BytesIn} bytes in, {_network.BytesOut} out, {(double)_network.BytesOut / _network.BytesIn:F1} x, in {_network.Scheduler.Now.TimeOfDay.TotalSeconds:F0} s");

    private void Send(double seconds, Flow flow, byte[] bytes) =>
        _network.Scheduler.Schedule(TimeSpan.FromSeconds(seconds), () => _network.Deliver(flow, bytes));

    private static byte[] Ack(int block) => PacketScript.Encode($"ACK {(ushort)block}");

    /// <summary>One of 250 addresses of 192.0.2.0/24, and a port.</summary>
    private static Flow FlowOf(int number) => new(Endpoint.IPv4(0xC000_0201 + (uint)(number % 250), (ushort)(2000 + number / 250)), ModelNetwork.Local);
}
