using System.Globalization;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>The sum over all seeds.</summary>
internal sealed class SimulationSummary
{
    private readonly long[] _sessions = new long[Enum.GetValues<Outcome>().Length];
    private long _datagrams, _bytes, _completions, _restarts, _abandoned;
    private TimeSpan _virtual;
    private Fingerprint _fingerprint;

    public int Seeds { get; private set; }

    public int Failures { get; private set; }

    public long? FirstFailure { get; private set; }

    /// <summary>In the order of the seeds.</summary>
    public void Add(SeedResult result)
    {
        Seeds++;
        if (result.Violation is not null)
        {
            Failures++;
            FirstFailure ??= result.Seed;
        }

        for (var outcome = 0; outcome < _sessions.Length; outcome++) _sessions[outcome] += result.Sessions[outcome];
        _datagrams += result.Datagrams;
        _bytes += result.Bytes;
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
        yield return Text($"clients: {_completions} files whole, {ByteAmount.Format(_bytes)}; {_restarts} attempts given up for the loss, {_abandoned} for good");
        yield return Text($"fingerprint: {_fingerprint.Value:x16}");
        yield return Text($"seeds: {Seeds}, {Failures} failed; {_datagrams} datagrams, {_virtual.TotalSeconds:F0} virtual seconds in {real.TotalSeconds:F1} real ones");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
