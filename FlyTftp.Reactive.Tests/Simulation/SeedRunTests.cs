using System.Globalization;
using FlyTftp.Reactive.Cli.Commands;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Clients;
using FlyTftp.Reactive.Simulation.Links;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Simulation;

internal sealed class SeedRunTests
{
    private const int SmallFile = 16 * 1024;

    [Test]
    public void The_same_seed_is_the_same_run()
    {
        var settings = SimulationSettings.Default with { FileSize = SmallFile };
        var (one, again, other) = (SeedRun.Run(7, settings), SeedRun.Run(7, settings), SeedRun.Run(8, settings));
        Assert.That(again.Fingerprint, Is.EqualTo(one.Fingerprint));
        Assert.That(again.Datagrams, Is.EqualTo(one.Datagrams));
        Assert.That(other.Fingerprint, Is.Not.EqualTo(one.Fingerprint));
    }

    // Twenty machines of one network at a time spend its allowance, and are asked to show that they receive.
    [TestCase(true, SmallFile)]
    [TestCase(false, SmallFile)]
    [TestCase(false, 256 * 1024)]
    public void A_perfect_link_needs_no_second_attempt(bool trustsPeers, int fileSize)
    {
        var settings = SimulationSettings.Default with { Link = new LinkConditions(0, 0, 0, TimeSpan.FromMilliseconds(1)), FileSize = fileSize, TrustsPeers = trustsPeers };
        var results = Enumerable.Range(1, 20).Select(seed => SeedRun.Run(seed, settings)).ToList();
        Assert.That(results.Select(result => result.Violation), Is.All.Null);
        Assert.That(results.Sum(result => result.Restarts), Is.Zero);
        Assert.That(results.Sum(result => result.Completions), Is.GreaterThan(300));
    }

    [Test]
    public void A_dead_link_ends_too()
    {
        var settings = SimulationSettings.Default with { Link = new LinkConditions(1, 0, 0, TimeSpan.Zero) };
        var result = SeedRun.Run(1, settings);
        Assert.That(result.Violation, Is.Null);
        Assert.That(result.Completions, Is.Zero);
        Assert.That(result.Abandoned, Is.GreaterThan(10));
    }

    [TestCase(1404, 1)]
    [TestCase(1400, 2)]
    [TestCase(1100, 3)]
    [TestCase(560, 4)]
    public void Behind_an_mtu_that_swallows_large_datagrams_smaller_blocks_get_through(int mtu, int restarts)
    {
        var link = new LinkConditions(0, 0, 0, TimeSpan.FromMilliseconds(20)) { Mtu = mtu };
        var uBoot = new ClientProfile("u-boot", 1)
        {
            BlockSize = 1428,
            WindowSizeMin = 8,
            WindowSizeMax = 8,
            TimeoutSeconds = 5,
            FirstWait = TimeSpan.FromSeconds(5),
            MaxWait = TimeSpan.FromSeconds(5),
            Tries = 2,
            ReadsMainFile = true,
            Files = 3,
        };
        var result = SeedRun.Run(1, new SimulationSettings(Clients: 3, SmallFile, link) { Profile = uBoot });
        Assert.That(result.Violation, Is.Null);
        Assert.That((result.Completions, result.Restarts), Is.EqualTo((9, 3 * restarts)));
    }

    [TestCase(5, 1, 2, 20, 600)]
    [TestCase(20, 5, 10, 20, 200)]
    [TestCase(10, 20, 20, 300, 200)]
    [TestCase(0, 0, 0, 200, 100)]
    [Category("Simulation")]
    public void A_thousand_seeds_break_no_rule(double loss, double duplicate, double reorder, double roundTrip, int count)
    {
        var link = new LinkConditions(loss / 100, duplicate / 100, reorder / 100, TimeSpan.FromMilliseconds(roundTrip));
        var arguments = new SimulateArguments(1, count, new SimulationSettings(Clients: 10, SmallFile, link));
        var failures = SeedPool.Run(arguments, Environment.ProcessorCount, CancellationToken.None)
            .Where(result => result.Violation is not null)
            .Select(result => string.Create(CultureInfo.InvariantCulture, $"{result.Violation}: {arguments.CommandFor(result.Seed)}"))
            .ToList();
        Assert.That(failures, Is.Empty);
    }
}
