using System.Globalization;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Simulation;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>
/// <c>flytftp simulate</c>: runs the server against simulated clients on bad links, one run a seed, on all cores. What it prints on
/// standard output is the same at every run, but for the real time in the last line.
/// </summary>
public static class SimulateCommand
{
    /// <summary>Failed seeds that are told one by one.</summary>
    private const int ToldMax = 20;

    public static Command Definition { get; } = new(
        "simulate", "Run the server against simulated clients on bad links", Argument: null,
        [
            new("--seeds", "A..B", "Seeds to run, one run per seed", "default: 1..100"),
            new("--clients", "N", "Clients per run", "default: 20"),
            new("--size", "KIB", "File size most clients read", "default: 256"),
            new("--loss", "%", "Datagrams lost", "default: 5"),
            new("--duplicate", "%", "Datagrams duplicated", "default: 1"),
            new("--reorder", "%", "Datagrams reordered", "default: 2"),
            new("--rtt", "MS", "Minimum round-trip time", "default: 20"),
            new("--html", "FILE", "Write an HTML page with ladders of the first failed seed, else of the first"),
        ],
        static (given, context, stopping) => Task.FromResult(Run(
            new SimulateTexts(
                given.Value("--seeds"), given.Value("--clients"), given.Value("--size"), given.Value("--loss"), given.Value("--duplicate"),
                given.Value("--reorder"), given.Value("--rtt")),
            given.Value("--html"), context, stopping)));

    public static int Run(SimulateTexts texts, string? html, CommandContext context, CancellationToken cancellation)
    {
        if (!SimulateArguments.TryParse(texts, out var arguments, out var error)) return context.Fail(ExitCode.BadArguments, error);

        var started = context.Clock();
        var bar = new ProgressBar(context.Error, "simulate", context.ProgressStyle, context.Clock);
        var perSeed = (long)arguments.Settings.Clients * arguments.Settings.FileSize;
        var summary = new SimulationSummary();
        try
        {
            foreach (var result in SeedPool.Run(arguments, Environment.ProcessorCount, cancellation))
            {
                summary.Add(result);
                bar.Report(summary.Seeds * perSeed, arguments.SeedCount * perSeed);
                if (result.Violation is not { } violation || summary.Failures > ToldMax) continue;
                bar.Clear();
                context.Output.WriteLine($"seed {result.Seed}: {violation}");
                context.Output.WriteLine($"  again: {arguments.CommandFor(result.Seed)}");
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            return context.Fail(ExitCode.Failed, string.Create(CultureInfo.InvariantCulture, $"stopped after {summary.Seeds} of {arguments.SeedCount} seeds"));
        }

        bar.Clear();
        foreach (var line in summary.Lines(context.Clock() - started)) context.Output.WriteLine(line);
        if (html is not null && Draw(html, summary.FirstFailure ?? arguments.FirstSeed, arguments.Settings) is { } failure)
            return context.Fail(ExitCode.Failed, Printable.Escape($"--html {html}: {failure}"));
        return summary.Failures == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>Runs the seed again, which is the same run.</summary>
    /// <returns>Why the file cannot be written, or <c>null</c>.</returns>
    private static string? Draw(string path, long seed, SimulationSettings settings)
    {
        var ladder = new SeedLadder();
        var result = SeedRun.Run(seed, settings, ladder);
        try
        {
            using var writer = new StreamWriter(path) { NewLine = "\n" };
            LadderHtml.Write(writer, ladder.ToPage(result));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return exception.Message;
        }
    }
}
