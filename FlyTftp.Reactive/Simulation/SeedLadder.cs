using System.Globalization;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Simulation;

/// <summary>
/// Takes down one seed's datagrams for a page of ladders, one for each address and port, at the server's side of the links: also those
/// that were lost on the way, which only a simulation knows.
/// </summary>
internal sealed class SeedLadder
{
    private readonly LadderBudget _budget = new();
    private readonly Dictionary<Flow, LadderRecorder> _recorders = [];
    private readonly Dictionary<Flow, List<SessionEnded>> _ends = [];
    private int _leftOut;

    public LadderPage ToPage(SeedResult result)
    {
        var summary = result.Violation is { } violation
            ? $"Broken: {violation}"
            : string.Create(CultureInfo.InvariantCulture, $"{result.Datagrams} datagrams in {result.Duration.TotalSeconds:F1} virtual seconds; no rule was broken.");
        return new LadderPage($"flytftp simulate, seed {result.Seed}", summary, [.. _recorders.Select(pair => ToSession(pair.Key, pair.Value, result.Violation))])
        {
            SessionsLeftOut = _leftOut,
        };
    }

    internal void Add(TimeSpan at, in Datagram datagram, bool isFromClient, bool isLost)
    {
        if (!_recorders.TryGetValue(datagram.Flow, out var recorder))
        {
            if (_recorders.Count == LadderBudget.MaxSessions)
            {
                _leftOut++;
                return;
            }

            _recorders.Add(datagram.Flow, recorder = new LadderRecorder(_budget));
        }

        if (datagram.IsUnreachable) recorder.AddUnreachable(at);
        else recorder.Add(at, isFromClient, datagram.Payload.Span, isLost ? LadderMark.Lost : LadderMark.None);
    }

    internal void Add(SessionEnded end)
    {
        if (!_ends.TryGetValue(end.Flow, out var ends)) _ends.Add(end.Flow, ends = []);
        ends.Add(end);
    }

    private LadderSession ToSession(Flow flow, LadderRecorder recorder, string? violation)
    {
        var client = flow.Remote.ToString();
        var isBroken = violation?.Contains(client, StringComparison.Ordinal) == true;
        var outcome = _ends.TryGetValue(flow, out var ends) ? string.Join(", ", ends.Select(static end => end.Outcome.Name()).Distinct()) : "none";
        return new LadderSession(client, outcome, !isBroken, [recorder.ToView("simulated")]) { Remark = isBroken ? violation : null };
    }
}
