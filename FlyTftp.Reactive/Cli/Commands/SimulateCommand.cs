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
            new("--seeds", "A..B", "One run for each", "default: 1..100"),
            new("--clients", "N", "Clients a run", "default: 20"),
            new("--size", "KIB", "Size of the file most of them read", "default: 256"),
            new("--loss", "%", "Datagrams that get lost", "default: 5"),
            new("--duplicate", "%", "Datagrams that come twice", "default: 1"),
            new("--reorder", "%", "Datagrams that others overtake", "default: 2"),
            new("--rtt", "MS", "Round trip at least", "default: 20"),
            new("--html", "FILE", "Draw the first seed that fails, or else the first, as ladders"),
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
