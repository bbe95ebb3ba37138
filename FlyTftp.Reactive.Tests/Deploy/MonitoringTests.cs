using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using YamlDotNet.RepresentationModel;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>deploy/alerts.yaml and deploy/grafana.json against Prometheus's own tool and the metrics that the program has.</summary>
[Platform("Linux")]
public sealed partial class MonitoringTests
{
    private const string Rules = "deploy/alerts.yaml", Dashboard = "deploy/grafana.json";

    [Test]
    public void Prometheus_takes_the_rules() => Assert.That(Promtool("check", "rules", "--lint=all", "--lint-fatal", Rules), Is.Zero);

    [Test]
    public void Each_alert_fires_when_it_should_and_only_then() => Assert.That(Promtool("test", "rules", "FlyTftp.Reactive.Tests/Deploy/alerts.test.yaml"), Is.Zero);

    [Test]
    public void Each_alert_has_a_case()
    {
        var alerts = Alert().Matches(Read(Rules)).Select(static match => match.Groups[1].Value).ToList();
        Assert.That(alerts, Is.Unique.And.Not.Empty);
        var cases = Case().Matches(Read("FlyTftp.Reactive.Tests/Deploy/alerts.test.yaml")).Select(static match => match.Groups[1].Value).ToHashSet();
        Assert.That(alerts, Is.EquivalentTo(cases));
    }

    [TestCase(Rules)]
    [TestCase(Dashboard)]
    public void Names_only_metrics_and_labels_that_there_are(string file)
    {
        using var metrics = new ServerMetrics(new MetricSources());
        var text = metrics.WriteText();
        var known = Series().Matches(text).Select(static match => match.Groups[1].Value).ToHashSet();
        var named = Expressions(file).SelectMany(static expression => Metric().Matches(expression).Select(static match => match.Value)).Distinct().ToList();
        Assert.That(named, Is.Not.Empty.And.SubsetOf(known));
        foreach (var (label, value) in Expressions(file).SelectMany(static expression => Label().Matches(expression)).Select(static match => (match.Groups[1].Value, match.Groups[2].Value)))
            Assert.That(text, Does.Contain($"{label}=\"{value}\""), "no series has it");
    }

    [Test]
    public void Shows_every_metric_of_the_program_but_those_of_the_runtime()
    {
        using var metrics = new ServerMetrics(new MetricSources());
        var ours = Type().Matches(metrics.WriteText()).Select(static match => match.Groups[1].Value).Where(static name => name.StartsWith("flytftp_", StringComparison.Ordinal));
        var shown = string.Join('\n', Expressions(Dashboard));
        // Of what was withheld the bytes are shown, and an alert counts the emissions.
        Assert.That(ours.Where(name => !shown.Contains(name, StringComparison.Ordinal)), Is.EqualTo(new[] { "flytftp_withheld_emissions_total" }));
    }

    [Test]
    public void Panels_have_ids_of_their_own_and_do_not_overlap()
    {
        using var dashboard = JsonDocument.Parse(Read(Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.That(panels.Select(static panel => panel.GetProperty("id").GetInt32()), Is.Unique);
        var cells = panels.Select(static panel => panel.GetProperty("gridPos")).SelectMany(static at =>
            from x in Enumerable.Range(at.GetProperty("x").GetInt32(), at.GetProperty("w").GetInt32())
            from y in Enumerable.Range(at.GetProperty("y").GetInt32(), at.GetProperty("h").GetInt32())
            select (x, y)).ToList();
        Assert.That(cells, Is.Unique);
        Assert.That(cells.Max(static cell => cell.x), Is.EqualTo(23), "Grafana's grid has 24 columns");
    }

    private static IEnumerable<string> Expressions(string file)
    {
        if (file == Dashboard)
        {
            using var dashboard = JsonDocument.Parse(Read(file));
            return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(static panel => panel.TryGetProperty("targets", out _))
                .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray()).Select(static target => target.GetProperty("expr").GetString()!)];
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(Read(file)));
        return [.. ((YamlSequenceNode)stream.Documents[0].RootNode["groups"]).SelectMany(static group => (YamlSequenceNode)group["rules"]).Select(static rule => rule["expr"].ToString())];
    }

    private static int Promtool(params string[] arguments)
    {
        var promtool = ClientTool.Require("promtool", "apt-get install prometheus");
        using var process = Process.Start(new ProcessStartInfo(promtool, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        TestContext.Out.WriteLine(process.StandardOutput.ReadToEnd());
        TestContext.Out.WriteLine(errors.Result);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"alertname: (\w+)")]
    private static partial Regex Case();

    [GeneratedRegex(@"^([a-z_]+)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex(@"^# TYPE (\w+)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"\b(?:flytftp|process|dotnet)_\w+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"(\w+)!?=""([^""]+)""")]
    private static partial Regex Label();
}
