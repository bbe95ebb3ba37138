using System.Globalization;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using YamlDotNet.RepresentationModel;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>What lies in deploy/ against the program: names, ports, paths and the time to drain.</summary>
public sealed class DeployFilesTests
{
    [Test]
    public void Kubernetes_serves_on_69_what_the_program_listens_on()
    {
        var (options, container) = Kubernetes();
        var port = Find(container["ports"], "name", "tftp");
        Assert.That(port["protocol"].ToString(), Is.EqualTo("UDP"));
        Assert.That(options.Listen.Single().Port, Is.EqualTo(Number(port["containerPort"])));
        var outside = ((YamlSequenceNode)Yaml("kubernetes.yaml")[1]["spec"]["ports"]).Single();
        Assert.That(outside["targetPort"].ToString(), Is.EqualTo("tftp"));
        Assert.That(outside["protocol"].ToString(), Is.EqualTo("UDP"));
        Assert.That(Number(outside["port"]), Is.EqualTo(ServerOptions.TftpPort));
    }

    [TestCase("startupProbe", "/healthz")]
    [TestCase("livenessProbe", "/healthz")]
    [TestCase("readinessProbe", "/readyz")]
    public void Kubernetes_probes_a_path_that_the_program_answers(string probe, string path)
    {
        var (options, container) = Kubernetes();
        var get = container[probe]["httpGet"];
        Assert.That(get["path"].ToString(), Is.EqualTo(path));
        Assert.That(Routes.All, Does.Contain(path));
        Assert.That(Number(Find(container["ports"], "name", get["port"].ToString())["containerPort"]), Is.EqualTo(options.Http!.Port));
    }

    [Test]
    public void Kubernetes_waits_for_the_drain()
    {
        var grace = Number(Yaml("kubernetes.yaml")[0]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]);
        Assert.That(grace, Is.GreaterThan(Kubernetes().Options.Drain.TotalSeconds));
    }

    [Test]
    public void Compose_listens_on_69_and_waits_for_the_drain()
    {
        var service = Yaml("compose.yaml")[0]["services"]["flytftp"];
        var options = EnvironmentOf.Parse(((YamlMappingNode)service["environment"]).ToDictionary(
            static pair => pair.Key.ToString(), static pair => pair.Value.ToString()));
        Assert.That(options.Listen.Single().Port, Is.EqualTo(ServerOptions.TftpPort));
        Assert.That(int.Parse(service["stop_grace_period"].ToString().TrimEnd('s'), CultureInfo.InvariantCulture), Is.GreaterThan(options.Drain.TotalSeconds));
    }

    [Test]
    public void Systemd_sets_what_the_program_reads_and_waits_for_the_drain()
    {
        var settings = Read("flytftp.service").Split('\n').Where(static line => line.Contains('=') && !line.StartsWith('#'))
            .Select(static line => line.Split('=', 2)).ToLookup(static pair => pair[0], static pair => pair[1]);
        var options = EnvironmentOf.Parse(settings["Environment"].Select(static text => text.Split('=', 2)).ToDictionary(
            static pair => pair[0], static pair => pair[1]));
        Assert.That(int.Parse(settings["TimeoutStopSec"].Single(), CultureInfo.InvariantCulture), Is.GreaterThan(options.Drain.TotalSeconds));
    }

    [Test]
    public void Dnsmasq_names_the_menu_that_is_there()
    {
        var menu = Read("dnsmasq.conf").Split('\n').Single(static line => line.StartsWith("dhcp-boot=", StringComparison.Ordinal)).Split(',')[1];
        Assert.That(Path.Combine(Repository.Root, "content", menu), Does.Exist);
    }

    private static (ServerOptions Options, YamlNode Container) Kubernetes()
    {
        var container = ((YamlSequenceNode)Yaml("kubernetes.yaml")[0]["spec"]["template"]["spec"]["containers"]).Single();
        var options = EnvironmentOf.Parse(((YamlSequenceNode)container["env"]).ToDictionary(
            static variable => variable["name"].ToString(), static variable => variable["value"].ToString()));
        return (options, container);
    }

    private static YamlNode Find(YamlNode list, string key, string value) =>
        ((YamlSequenceNode)list).Single(node => node[key].ToString() == value);

    private static int Number(YamlNode node) => int.Parse(node.ToString(), CultureInfo.InvariantCulture);

    private static IReadOnlyList<YamlNode> Yaml(string name)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Read(name)));
        return [.. stream.Documents.Select(static document => document.RootNode)];
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", name));
}
