using System.Globalization;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Page;

/// <summary>One boot: its story, what is wrong and what to do about it, the ladder of each transfer, and the capture to take home.</summary>
internal static class BootPage
{
    public static string Write(BootRecord record)
    {
        var boot = record.Boot;
        var html = new StringWriter(CultureInfo.InvariantCulture);
        html.Write($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
            <title>Boot of {Markup.Text(boot.Client.Address.ToString())} - flytftp</title>
            <link rel="stylesheet" href="/ladder.css"><link rel="stylesheet" href="/page.css"></head><body>
            <header><div class="title"><p><a href="/">All boots</a></p><h1>{Markup.Text(boot.Title)}</h1>
            <p class="soft">{Markup.Text(Facts(boot))}</p></div><p><span class="chip {record.State.Name()}">{Words(record.State)}</span></p></header><main>

            """);
        WriteFindings(html, boot);
        WriteSteps(html, boot);
        html.Write($"<p class=\"actions\"><a class=\"button\" href=\"/boots/{record.Id}.pcapng\" download=\"boot-{record.Id}.pcapng\">Download as pcapng</a> <span class=\"soft\">then: {Markup.Prose($"flytftp replay boot-{record.Id}.pcapng --root DIR --html boot.html")}</span></p>\n");
        html.Write("<h2>Transfers</h2>\n");
        var page = PageOf(record);
        if (page.Sessions.Count > 0) LadderTable.Write(html, page);
        // What has failed first is what is looked for.
        var open = page.Sessions.Count == 1 ? 0 : page.Sessions.ToList().FindIndex(static session => session.Tone == LadderTone.Bad);
        for (var number = 0; number < page.Sessions.Count; number++) LadderDrawing.Write(html, page.Sessions[number], number + 1, isOpen: number == open);
        html.Write("</main><script src=\"/ladder.js\"></script></body></html>\n");
        return html.ToString();
    }

    private static void WriteFindings(StringWriter html, Boot boot)
    {
        if (boot.Findings.Count == 0) return;
        html.Write("<h2>What is wrong</h2><ul class=\"findings\">");
        foreach (var finding in boot.Findings) html.Write($"<li>{Markup.Prose(finding.Text)}</li>");
        html.Write("</ul>\n");
    }

    private static void WriteSteps(StringWriter html, Boot boot)
    {
        html.Write("<h2>What happened</h2><ol class=\"steps card\">");
        foreach (var step in boot.Steps)
            html.Write($"<li><time>{Markup.Clock(step.At - boot.Started)}</time><span{(step.IsWrong ? " class=\"wrong\"" : "")}>{Markup.Text(step.Text)}</span></li>");
        if (boot.StepsLeftOut > 0) html.Write($"<li><time></time><span class=\"soft\">and {Markup.Number(boot.StepsLeftOut)} steps more</span></li>");
        html.Write("</ol>\n");
    }

    private static string Facts(Boot boot) => string.Create(CultureInfo.InvariantCulture,
        $"{boot.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {boot.Files} {(boot.Files == 1 ? "file" : "files")}, {boot.Bytes:#,0} bytes{Progress(boot)}");

    private static string Progress(Boot boot) =>
        boot.IsBusy ? "; a transfer is running" : $" in {Markup.Span(boot.LastAt - boot.Started)}{(boot.IsOver ? "" : "; ended, waiting 60 s for more")}";

    private static LadderPage PageOf(BootRecord record)
    {
        var budget = new LadderBudget();
        var sessions = record.Sessions.Where(static session => session.Trace is not null).Take(LadderBudget.MaxSessions).Select(session =>
        {
            var recorder = new LadderRecorder(budget);
            foreach (var datagram in BootDatagrams.Of(session))
                recorder.Add(datagram.At - record.Boot.Started, datagram.IsFromClient, datagram.Packet, datagram.Length, LadderMark.None);
            var view = recorder.ToView("as recorded");
            // The session's own sum, which knows of the rows that were not kept.
            view = view with { Figures = view.Figures with { Bytes = session.Bytes } };
            return new LadderSession(session.Flow.Remote.ToString(), session.Outcome.Name(), IsFine(session.Outcome), [view])
            {
                Remark = session.Trace!.LeftOut > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{session.Trace.LeftOut:#,0} rows in the middle were not kept; the ladder and the count of datagrams are without them.")
                    : null,
            };
        });
        return new LadderPage("", "", [.. sessions]);
    }

    private static bool IsFine(Outcome outcome) => outcome is Outcome.Complete or Outcome.Probe or Outcome.Refused or Outcome.Unconfirmed;

    private static string Words(BootState state) => state == BootState.Warning ? "look here" : state.Name();
}
