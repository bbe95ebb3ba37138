using CsCheck;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>Whatever the network does: a byte-exact file or an outcome that explains why not, and nothing left behind.</summary>
internal sealed class PipelinePropertyTests
{
    private sealed record Case(
        int Seed, int Length, int? BlockSize, int? WindowSize, int? Timeout, bool EveryStray, NetworkFaults Faults, bool IsLoopback);

    private static readonly Gen<NetworkFaults> AnyFaults =
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 20], Gen.Int[0, 30], Gen.Int[0, 150], (loss, duplicate, reorder, delay) =>
            new NetworkFaults(loss, duplicate, reorder, delay));

    private static readonly Gen<Case> Cases = AnyCase(AnyFaults);

    [Test]
    public void Every_transfer_ends_exact_or_explained()
    {
        Cases.Sample(
            one =>
            {
                var (client, network) = Run(one);
                var outcomes = network.Ended.Select(end => end.Outcome).ToArray();
                Assert.That(outcomes, Does.Not.Contain(Outcome.Faulted));
                Assert.That(outcomes, Does.Not.Contain(Outcome.Refused));
                if (client.IsComplete) Assert.That(client.Received, Is.EqualTo(TestStore.Pattern(one.Length)));
                else Assert.That(client.Failure, Is.EqualTo("silence"));
                // Nobody acknowledges a last block that has not come.
                if (outcomes.Contains(Outcome.Complete)) Assert.That(client.IsComplete);
            },
            iter: 800);
    }

    [Test]
    public void A_network_that_delays_only_gets_the_file_at_once()
    {
        // From 200 ms of round trip on the first timeout may come too soon; up to there nothing may be sent twice.
        AnyCase(Gen.Int[0, 99].Select(delay => new NetworkFaults(DelayMilliseconds: delay))).Sample(
            one =>
            {
                var (client, network) = Run(one);
                Assert.That(client.Received, Is.EqualTo(TestStore.Pattern(one.Length)));
                var end = network.Ended.Single();
                Assert.That(end.Outcome, Is.EqualTo(Outcome.Complete));
                Assert.That(end.Retransmissions, Is.Zero);
                Assert.That(network.DataSent, Is.EqualTo(end.Blocks));
            },
            iter: 150);
    }

    [Test]
    public void A_moderate_network_gets_every_client_its_file()
    {
        // Duplicates and reordering are left out: a second copy of the request may come late and open the session anew.
        AnyCase(Gen.Int[0, 5].Select(Gen.Int[0, 50], (loss, delay) => new NetworkFaults(Loss: loss, DelayMilliseconds: delay))).Sample(
            one => Assert.That(Run(one).Client.Received, Is.EqualTo(TestStore.Pattern(one.Length))),
            iter: 200);
    }

    private static Gen<Case> AnyCase(Gen<NetworkFaults> faults) =>
        from seed in Gen.Int[0, 1_000_000]
        from blockSize in Gen.Int[8, 1500].Nullable()
        from length in Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[1, 20].Select(blocks => blocks * (blockSize ?? 512))), (4, Gen.Int[1, 20_000]))
        from windowSize in Gen.Int[1, 70].Nullable()
        from timeout in Gen.Int[1, 3].Nullable()
        from everyStray in Gen.Bool
        from isLoopback in Gen.Bool
        from fault in faults
        select new Case(seed, length, blockSize, windowSize, timeout, everyStray, fault, isLoopback);

    private static (ModelClient Client, ModelNetwork Network) Run(Case one)
    {
        var network = new ModelNetwork(new TestStore().Add("file", one.Length), faults: one.Faults, seed: one.Seed);
        var flow = ModelClient.FlowOf(2000);
        var client = new ModelClient
        {
            File = "file",
            Flow = one.IsLoopback ? flow with { Remote = Endpoint.From(System.Net.IPAddress.Loopback, 2000) } : flow,
            BlockSize = one.BlockSize,
            WindowSize = one.WindowSize,
            TimeoutSeconds = one.Timeout,
            AcknowledgesEveryStray = one.EveryStray,
        };
        network.Add(client);
        network.Run();
        return (client, network);
    }
}
