using System.Globalization;
using FlyTftp.Reactive.Replay.Simulation;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Cli;

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
        ],
        static (given, context, stopping) => Task.FromResult(Run(
            new SimulateTexts(
                given.Value("--seeds"), given.Value("--clients"), given.Value("--size"), given.Value("--loss"), given.Value("--duplicate"),
                given.Value("--reorder"), given.Value("--rtt")),
            context, stopping)));

    public static int Run(SimulateTexts texts, CommandContext context, CancellationToken cancellation)
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
        return summary.Failures == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}

/// <summary>The sum over all seeds.</summary>
internal sealed class SimulationSummary
{
    private readonly long[] _sessions = new long[Enum.GetValues<Outcome>().Length];
    private long _datagrams, _octets, _completions, _restarts, _abandoned;
    private TimeSpan _virtual;
    private Fingerprint _fingerprint;

    public int Seeds { get; private set; }

    public int Failures { get; private set; }

    /// <summary>In the order of the seeds.</summary>
    public void Add(SeedResult result)
    {
        Seeds++;
        if (result.Violation is not null) Failures++;
        for (var outcome = 0; outcome < _sessions.Length; outcome++) _sessions[outcome] += result.Sessions[outcome];
        _datagrams += result.Datagrams;
        _octets += result.Octets;
        _completions += result.Completions;
        _restarts += result.Restarts;
        _abandoned += result.Abandoned;
        _virtual += result.Duration;
        _fingerprint.Add(result.Fingerprint);
    }

    public IEnumerable<string> Lines(TimeSpan real)
    {
        var outcomes = Enum.GetValues<Outcome>().Where(outcome => _sessions[(int)outcome] > 0).Select(outcome => Text($"{outcome.Name()} {_sessions[(int)outcome]}"));
        yield return Text($"sessions: {_sessions.Sum()} ({string.Join(", ", outcomes)})");
        yield return Text($"clients: {_completions} files whole, {TransferMeter.Octets(_octets)}; {_restarts} attempts given up for the loss, {_abandoned} for good");
        yield return Text($"fingerprint: {_fingerprint.Value:x16}");
        yield return Text($"seeds: {Seeds}, {Failures} failed; {_datagrams} datagrams, {_virtual.TotalSeconds:F0} virtual seconds in {real.TotalSeconds:F1} real ones");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
