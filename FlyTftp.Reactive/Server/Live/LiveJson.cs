using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>What the server is, for the page. Asked by whoever draws it.</summary>
internal sealed record ServerState(
    string Version, DateTimeOffset Started, string Health, string HealthDetail, long Sessions, long SessionsMax,
    IReadOnlyList<string> Listening, string Root);

/// <summary>The JSON of the page and of <c>/api</c>. Times are milliseconds since 1970, sizes bytes. Text from clients is escaped as in the log.</summary>
internal static class LiveJson
{
    public static JsonText State(
        DateTimeOffset now, ServerState server, BootHistory history, IReadOnlyList<RunningTransfer> running, int runningTotal, IReadOnlyList<Activity> chart) =>
        new JsonText().Object(json =>
        {
            json.Name("now").Time(now);
            json.Name("server").Object(json => Write(json, server, history));
            json.Name("running").Array(running, (json, transfer) => json.Object(json => Write(json, transfer, history)));
            json.Name("runningTotal").Number(runningTotal);
            json.Name("chart").Array(chart, static (json, bucket) => json.Object(json => json
                .Name("at").Time(bucket.At).Name("bytes").Number(bucket.Bytes).Name("complete").Number(bucket.Complete).Name("probe").Number(bucket.Probe)
                .Name("refused").Number(bucket.Refused).Name("closed").Number(bucket.Closed).Name("failed").Number(bucket.Failed).Name("withheld").Number(bucket.Withheld)));
        });

    public static JsonText Boots(IReadOnlyList<BootRecord> boots) =>
        new JsonText().Array(boots, static (json, record) => json.Object(json => WriteSummary(json, record)));

    public static JsonText Boot(BootRecord record) => new JsonText().Object(json =>
    {
        WriteSummary(json, record);
        json.Name("title").String(record.Boot.Title);
        json.Name("steps").Array(record.Boot.Steps, (json, step) => json.Object(json => json
            .Name("at").Duration(step.At - record.Boot.Started).Name("text").String(step.Text).Name("wrong").Number(step.IsWrong ? 1 : 0)));
        json.Name("findings").Array(record.Boot.Findings, static (json, finding) => json.Object(json => json
            .Name("kind").String(finding.Kind.ToString()).Name("text").String(finding.Text)));
        json.Name("sessions").Array(record.Sessions, (json, session) => json.Object(json => Write(json, session, record.Boot.Started)));
    });

    /// <summary>The last thing that happened, and what was fetched before.</summary>
    internal static string SummaryOf(Boot boot)
    {
        var last = boot.Steps.Count == 0 ? "" : boot.Steps[^1].Text;
        var more = boot.Steps.Count - 1 + boot.StepsLeftOut;
        return more > 0 ? $"{last} (after {more} {(more == 1 ? "step" : "steps")})" : last;
    }

    private static void Write(JsonText json, ServerState server, BootHistory history)
    {
        json.Name("version").String(server.Version).Name("started").Time(server.Started).Name("health").String(server.Health);
        json.Name("healthDetail").String(server.HealthDetail).Name("sessions").Number(server.Sessions).Name("sessionsMax").Number(server.SessionsMax);
        json.Name("root").String(Printable.Escape(server.Root));
        json.Name("listening").Array(server.Listening, static (json, address) => json.String(address));
        json.Name("history").Object(json => json.Name("boots").Number(history.Count).Name("bytes").Number(history.Bytes).Name("max").Number(history.BytesMax));
    }

    private static void Write(JsonText json, in RunningTransfer transfer, BootHistory history)
    {
        json.Name("client").String(transfer.Client.ToString()).Name("boot").String(history.IdOf(transfer.Client with { Port = 0 }));
        json.Name("looks").String(ClientKinds.Of(transfer.Request).Name()).Name("file").String(Printable.Escape(transfer.Request.FileName));
        json.Name("bytes").Number(transfer.Size is { } size ? Math.Min(transfer.Bytes, size) : transfer.Bytes).Name("size").Number(transfer.Size);
        json.Name("rate").Number(Math.Round(transfer.Rate)).Name("rtt").Duration(transfer.RoundTrip).Name("resent").Number(transfer.Resent);
        json.Name("started").Time(transfer.Started);
    }

    private static void WriteSummary(JsonText json, BootRecord record)
    {
        var boot = record.Boot;
        json.Name("id").String(record.Id).Name("client").String(boot.Client.Address.ToString());
        json.Name("looks").String(boot.Clients.Count == 0 ? "unknown" : string.Join(", ", boot.Clients.Select(static kind => kind.Name())));
        json.Name("started").Time(boot.Started).Name("ended").Time(boot.IsBusy ? null : boot.LastAt);
        json.Name("state").String(record.State.Name());
        json.Name("files").Number(boot.Files).Name("requests").Number(boot.Steps.Count + boot.StepsLeftOut).Name("bytes").Number(boot.Bytes);
        json.Name("summary").String(SummaryOf(boot)).Name("finding").String(boot.Findings.Count == 0 ? null : boot.Findings[0].Text);
    }

    private static void Write(JsonText json, SessionEnded session, DateTimeOffset start)
    {
        json.Name("at").Duration(session.Started - start).Name("client").String(session.Flow.Remote.ToString());
        json.Name("file").String(Printable.Escape(session.Request.FileName)).Name("options").String(Printable.Escape(session.Granted.ToString()));
        json.Name("outcome").String(session.Outcome.Name()).Name("detail").String(session.Detail is { } detail ? Printable.Escape(detail) : null);
        json.Name("bytes").Number(session.Bytes).Name("size").Number(session.Size).Name("duration").Duration(session.Duration);
        json.Name("rtt").Duration(session.RoundTrip).Name("resent").Number(session.Retransmissions);
    }
}
