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
    /// <summary>Failed seeds that are reported one by one.</summary>
    private const int ReportedMax = 20;

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
            new("--rate", "MBIT", "Link rate towards the clients, which they share", "default: no limit"),
            new("--queue", "KIB", "Queue in front of that link; what does not fit is dropped", "default: 64"),
            new("--mtu", "BYTES", "Largest packet towards the clients; larger ones are dropped", "default: no limit"),
            new("--html", "FILE", "Write an HTML page with ladders of the first failed seed, else of the first; - for standard output"),
        ],
        static (given, context, stopping) => RunAsync(
            new SimulateTexts(
                given.Value("--seeds"), given.Value("--clients"), given.Value("--size"), given.Value("--loss"), given.Value("--duplicate"),
                given.Value("--reorder"), given.Value("--rtt"), given.Value("--rate"), given.Value("--queue"), given.Value("--mtu")),
            given.Value("--html"), context, stopping));

    public static async Task<int> RunAsync(SimulateTexts texts, string? html, CommandContext context, CancellationToken cancellation)
    {
        if (!SimulateArguments.TryParse(texts, out var arguments, out var error)) return context.Fail(ExitCode.BadArguments, error);
        try
        {
            using var page = html is null ? null : await OutputTarget.OpenAsync(html, $"--html {html}", context.OpenOutput, cancellation).ConfigureAwait(false);
            // What was asked for on standard output stands there alone.
            return Run(arguments, page, OutputTarget.IsStandardOutputName(html) ? context.Error : context.Output, context, cancellation);
        }
        catch (OperationCanceledException)
        {
            return context.Fail(ExitCode.Failed, Printable.Escape($"--html {html}: interrupted before anybody has read it"));
        }
        catch (IOException exception)
        {
            return context.Fail(ExitCode.Failed, Printable.Escape(exception.Message));
        }
    }

    private static int Run(SimulateArguments arguments, OutputFile? page, TextWriter output, CommandContext context, CancellationToken cancellation)
    {
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
                if (result.Violation is not { } violation || summary.Failures > ReportedMax) continue;
                bar.Clear();
                output.WriteLine($"seed {result.Seed}: {violation}");
                output.WriteLine($"  again: {arguments.CommandFor(result.Seed)}");
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            return context.Fail(ExitCode.Failed, string.Create(CultureInfo.InvariantCulture, $"stopped after {summary.Seeds} of {arguments.SeedCount} seeds"));
        }

        bar.Clear();
        foreach (var line in summary.Lines(context.Clock() - started)) output.WriteLine(line);
        if (page is not null) Draw(page, summary.FirstFailure ?? arguments.FirstSeed, arguments.Settings);
        return summary.Failures == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>Runs the seed again, which is the same run.</summary>
    /// <exception cref="IOException">The page cannot be written; one line for the user.</exception>
    private static void Draw(OutputFile page, long seed, SimulationSettings settings)
    {
        var ladder = new SeedLadder();
        var result = SeedRun.Run(seed, settings, ladder);
        using (var writer = new StreamWriter(page.Stream, leaveOpen: true) { NewLine = "\n" }) LadderHtml.Write(writer, ladder.ToPage(result));
        page.Commit();
    }
}
