using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>One session: what was negotiated, its plots, and a ladder for each view.</summary>
internal static class LadderDrawing
{
    /// <summary>From here on, silence is spelled out; below, it is a wider or narrower space.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    public static void Write(TextWriter html, LadderSession session, int number, bool isOpen)
    {
        var view = session.Views[0];
        html.Write($"<details class=\"session{(session.IsFine ? "" : " bad")}\" id=\"s{number}\"{(isOpen ? " open" : "")}><summary><span class=\"no\">{number}</span> {Markup.Outcome(session)} ");
        html.Write($"<b>{Markup.Text(view.Request?.FileName ?? "no request")}</b> <span>{Markup.Text(session.Client)}{(session.Server is { } server ? $" ⇄ {Markup.Text(server)}" : "")}</span></summary>\n");
        if (session.Remark is { } remark) html.Write($"<p class=\"remark\">{Markup.Text(remark)}</p>\n");
        WriteNegotiation(html, session.Views);
        LadderOverview.Write(html, [view]);
        html.Write("<div class=\"views\">");
        foreach (var one in session.Views) WriteLadder(html, one);
        html.Write("</div></details>\n");
    }

    private static void WriteNegotiation(TextWriter html, IReadOnlyList<LadderView> views)
    {
        if (views[0].Request is not { } request) return;
        html.Write($"<p class=\"mode\">{Markup.Text(request.Mode)}, {(request.Options.Count == 0 ? "no options asked: blocks of 512 bytes, one at a time (RFC 1350)" : "options asked (RFC 2347):")}</p>\n");
        if (request.Options.Count == 0) return;
        html.Write("<table class=\"options\"><thead><tr><th scope=\"col\">option</th><th scope=\"col\">asked</th>");
        foreach (var view in views) html.Write($"<th scope=\"col\">granted{(views.Count > 1 ? $", {Markup.Text(view.Title)}" : "")}</th>");
        html.Write("<th scope=\"col\">meaning</th></tr></thead><tbody>");
        foreach (var asked in request.Options)
        {
            html.Write($"<tr><th scope=\"row\">{Markup.Text(asked.Name)}</th><td>{Markup.Text(asked.Value)}</td>");
            foreach (var view in views)
                html.Write(view.Granted is { } granted && granted.TryGet(asked.Name, out var answer) ? $"<td>{Markup.Text(answer.Value)}</td>" : "<td class=\"none\">not granted</td>");
            html.Write($"<td>{Meaning(asked)}</td></tr>");
        }

        html.Write("</tbody></table>\n");
    }

    private static string Meaning(TransferOption option) =>
        option.Is(OptionSet.BlockSize) ? "bytes a block (RFC 2348)"
        : option.Is(OptionSet.TransferSize) ? "bytes of the whole file (RFC 2349)"
        : option.Is(OptionSet.Timeout) ? "seconds until the server sends again (RFC 2349)"
        : option.Is(OptionSet.WindowSize) ? "blocks before an ACK is awaited (RFC 7440)"
        : "not an option that the RFCs know";

    private static void WriteLadder(TextWriter html, LadderView view)
    {
        html.Write($"<section class=\"view\"><h3>{Markup.Text(view.Title)}</h3><p class=\"lanes\"><span>client</span><span>server</span></p><ol class=\"ladder\">\n");
        var rows = LadderRow.Bundle(view.Steps);
        foreach (var fold in LadderFold.Find(rows))
        {
            if (fold.Count == 1) WriteRow(html, rows, fold.First);
            else WriteFold(html, rows, fold);
        }

        html.Write("</ol>");
        if (view.Figures.LeftOut > 0) html.Write($"<p class=\"note\">{Markup.Number(view.Figures.LeftOut)} datagrams more are not drawn.</p>");
        html.Write("</section>\n");
    }

    private static void WriteFold(TextWriter html, List<LadderRow> rows, LadderFold fold)
    {
        var (first, last) = (rows[fold.First], rows[fold.First + fold.Count - 1]);
        var window = first.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", windows of {first.Count}");
        html.Write($"<li class=\"fold\"><details><summary>{Markup.Number(fold.Exchanges)} exchanges like this: DATA {first.First.Block} … ACK {last.Last.Block}{window}, {Markup.Span(last.Last.At - first.First.At)}</summary><ol>\n");
        for (var at = fold.First; at < fold.First + fold.Count; at++) WriteRow(html, rows, at);
        html.Write("</ol></details></li>\n");
    }

    private static void WriteRow(TextWriter html, List<LadderRow> rows, int at)
    {
        var row = rows[at];
        var gap = at == 0 ? TimeSpan.Zero : row.First.At - rows[at - 1].Last.At;
        if (gap >= Silence) html.Write($"<li class=\"gap\"><span>{Markup.Span(gap)} of silence</span></li>");
        html.Write($"<li class=\"{(row.First.IsFromClient ? "c" : "s")}{Pause(gap)}{Shape(row)}\"><time>{Markup.Seconds(row.First.At)}</time><span>{Sign(row.First.Mark)}{Markup.Text(row.Label)}</span></li>\n");
    }

    /// <summary>A wider space for each power of about four, from half a millisecond on.</summary>
    private static string Pause(TimeSpan gap) => gap >= Silence ? "" : gap.TotalMilliseconds switch
    {
        < 0.5 => "",
        < 2 => " p1",
        < 8 => " p2",
        < 32 => " p3",
        _ => " p4",
    };

    private static string Shape(in LadderRow row) => (row.First.Mark switch
    {
        LadderMark.Repeat => " again",
        LadderMark.Lost => " lost",
        LadderMark.Duplicate => " twice",
        LadderMark.Difference => " differs",
        LadderMark.Inferred => " inferred",
        LadderMark.NotCaptured => " uncaptured",
        _ => "",
    }) + (row.Count > 1 ? " window" : "") + row.First.Kind switch
    {
        PacketKind.Error or PacketKind.Unreachable or PacketKind.Malformed => " error",
        PacketKind.ReadRequest or PacketKind.WriteRequest or PacketKind.UnknownRequest or PacketKind.OptionAcknowledgment => " words",
        _ => "",
    };

    private static string Sign(LadderMark mark) => mark switch
    {
        LadderMark.Repeat => "<i title=\"sent again\">↻</i> ",
        LadderMark.Lost => "<i title=\"lost\">✕</i> ",
        LadderMark.Duplicate => "<i title=\"arrived twice\">⧉</i> ",
        LadderMark.Difference => "<i title=\"first difference\">≠</i> ",
        LadderMark.Inferred => "<i title=\"not in the capture, inferred\">⋯</i> ",
        LadderMark.NotCaptured => "<i title=\"not all of its bytes are in the capture\">✂</i> ",
        _ => "",
    };
}
