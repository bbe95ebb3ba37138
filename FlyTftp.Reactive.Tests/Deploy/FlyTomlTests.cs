using System.Globalization;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Cli.Commands;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using Tomlyn;
using Tomlyn.Model;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>fly.toml against the program: what Fly.io would find out only after a deploy.</summary>
public sealed class FlyTomlTests
{
    private static readonly TomlTable File = TomlSerializer.Deserialize<TomlTable>(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "fly.toml")))!;

    private static readonly ServerOptions Options = EnvironmentOf.Parse(
        Table(File, "env").ToDictionary(static pair => pair.Key, static pair => (string)pair.Value));

    private static readonly TomlTable Service = Single(File, "services");

    [Test]
    public void Sets_only_variables_that_the_program_reads_to_values_that_it_takes()
    {
        const int largestThatWasSeenToArrive = 1372;
        Assert.That(Options.BlockSizeMax, Is.LessThanOrEqualTo(largestThatWasSeenToArrive));
        Assert.That(Options.WindowBytes, Is.GreaterThanOrEqualTo(Options.WindowSizeMax * Options.BlockSizeMax!.Value), "the smaller bound makes the other idle");
    }

    [Test]
    public void Listens_where_Fly_delivers_datagrams_and_where_its_machine_check_asks()
    {
        // The first is the one that /healthz asks.
        Assert.That(Options.Listen.Select(static address => address.Host), Is.EqualTo(new[] { "fly-global-services", "fly-local-6pn" }));
    }

    [Test]
    public void Serves_inside_on_the_port_that_is_open_outside()
    {
        Assert.That(Service["protocol"], Is.EqualTo("udp"));
        var port = Single(Service, "ports");
        Assert.That(port["port"], Is.EqualTo((long)ServerOptions.TftpPort));
        Assert.That(Service["internal_port"], Is.EqualTo(port["port"]));
        Assert.That(Options.Listen.Select(static address => (long)address.Port), Is.All.EqualTo(port["port"]));
        Assert.That(port.Keys, Does.Not.Contain("handlers"), "there are none for UDP");
    }

    [Test]
    public void Keeps_a_machine_up_that_no_datagram_could_wake()
    {
        Assert.That(Service["auto_stop_machines"], Is.EqualTo("off"));
        Assert.That(Service["auto_start_machines"], Is.False);
        Assert.That(File.Keys, Does.Not.Contain("http_service"));
    }

    [Test]
    public void Leaves_running_transfers_the_time_to_drain()
    {
        Assert.That(File["kill_signal"], Is.EqualTo("SIGTERM").Or.EqualTo("SIGINT"));
        Assert.That((long)File["kill_timeout"], Is.GreaterThan(Options.Drain.TotalSeconds).And.LessThanOrEqualTo(300));
    }

    [Test]
    public void Checks_and_scrapes_what_the_program_serves_over_HTTP()
    {
        Assert.That(Options.Http, Is.Not.Null);
        // The platform's own checks come over IPv4, "fly proxy" and the private network over IPv6.
        Assert.That(Options.Http!.IsDualStack, Is.True);
        var check = (TomlTable)Table(File, "checks").Values.Single();
        var metrics = Table(File, "metrics");
        Assert.That(new[] { check["port"], metrics["port"] }, Is.All.EqualTo((long)Options.Http.Port));
        Assert.That(new[] { check["path"], metrics["path"] }, Is.SubsetOf(Routes.All));
        Assert.That(check["path"], Is.EqualTo("/healthz"));
        Assert.That(metrics["path"], Is.EqualTo("/metrics"));
    }

    [Test]
    public void Waits_for_health_longer_than_the_probe_may_take()
    {
        var check = (TomlTable)Table(File, "checks").Values.Single();
        Assert.That(Seconds(check["timeout"]), Is.GreaterThan(HealthRoutes.ProbeTimeout.TotalSeconds));
    }

    [Test]
    public void Downloads_from_the_new_machine_with_the_program_itself()
    {
        var check = Single(Service, "machine_checks");
        var dockerfile = System.IO.File.ReadAllText(Path.Combine(Repository.Root, (string)Table(File, "build")["dockerfile"]));
        Assert.That(dockerfile, Does.Contain($"ENTRYPOINT [\"{((TomlArray)check["entrypoint"]).Single()}\"]"));
        var command = (TomlArray)check["command"];
        Assert.That(command[0], Is.EqualTo(CheckCommand.Definition.Name));
        var reader = new ArgumentReader([CheckCommand.Definition]);
        Assert.That(reader.Read([.. command.Cast<string>()]), Is.Null);
        Assert.That(CheckCommand.TryParseTimeout(reader.Given.Value("--timeout"), out var timeout), Is.True);
        Assert.That(timeout.TotalSeconds, Is.EqualTo(10), "the new machine has only just been booted");
    }

    private static TomlTable Table(TomlTable parent, string name) => (TomlTable)parent[name];

    private static TomlTable Single(TomlTable parent, string name) => ((TomlTableArray)parent[name]).Single();

    private static double Seconds(object text) => double.Parse(((string)text).TrimEnd('s'), CultureInfo.InvariantCulture);
}
