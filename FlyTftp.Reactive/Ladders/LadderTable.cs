using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>The table of the sessions. Every cell bears the key it is sorted by.</summary>
internal static class LadderTable
{
    private static readonly (string Title, bool IsNumber)[] Columns =
    [
        ("#", true), ("Outcome", false), ("File", false), ("Client", false), ("Start", true), ("Bytes", true), ("Time", true),
        ("Bytes/s", true), ("RTT", true), ("Datagrams", true), ("Again", true), ("Lost", true),
    ];

    public static void Write(TextWriter html, LadderPage page)
    {
        html.Write("<section class=\"table\"><table id=\"sessions\"><thead><tr>");
        foreach (var (title, isNumber) in Columns)
            html.Write($"<th scope=\"col\"{(isNumber ? " class=\"n\"" : "")}><button type=\"button\">{title}</button></th>");
        html.Write("</tr></thead><tbody>\n");
        for (var number = 0; number < page.Sessions.Count; number++) WriteRow(html, page.Sessions[number], number + 1);
        html.Write("</tbody></table>\n");
        if (page.SessionsLeftOut > 0) html.Write($"<p class=\"note\">{Markup.Number(page.SessionsLeftOut)} sessions more are not on this page.</p>\n");
        html.Write("</section>\n");
    }

    private static void WriteRow(TextWriter html, LadderSession session, int number)
    {
        var view = session.Views[0];
        var figures = view.Figures;
        html.Write($"<tr{(session.IsFine ? "" : " class=\"bad\"")}>");
        Figure("#", number, $"<a href=\"#s{number}\">{number}</a>");
        html.Write($"<td data-key=\"{Markup.Text(session.Outcome)}\">{Markup.Outcome(session)}</td>");
        Words(view.Request?.FileName ?? "—");
        Words(session.Client);
        Figure("Start", figures.Started.TotalSeconds, Markup.Clock(figures.Started));
        Figure("Bytes", figures.Bytes, ByteAmount.Format(figures.Bytes));
        Figure("Time", figures.Duration.TotalSeconds, Markup.Span(figures.Duration));
        Optional("Bytes/s", figures.Throughput, static rate => ByteAmount.Format(rate));
        Optional("RTT", MedianSeconds(view), static seconds => Markup.Span(TimeSpan.FromSeconds(seconds)));
        Figure("Datagrams", figures.Datagrams, Markup.Number(figures.Datagrams));
        Figure("Again", figures.Repeats, figures.Repeats == 0 ? "–" : $"<b class=\"again\">↻ {Markup.Number(figures.Repeats)}</b>");
        Figure("Lost", figures.Lost, figures.Lost == 0 ? "–" : $"<b class=\"lost\">✕ {Markup.Number(figures.Lost)}</b>");
        html.Write("</tr>\n");

        void Figure(string label, double key, string shown) => html.Write($"<td class=\"n\" data-label=\"{label}\" data-key=\"{Markup.Plain(key)}\">{shown}</td>");
        void Words(string text) => html.Write($"<td data-key=\"{Markup.Text(text)}\">{Markup.Text(text)}</td>");
        void Optional(string label, double? key, Func<double, string> show) => Figure(label, key ?? -1, key is { } value ? show(value) : "–");
    }

    private static double? MedianSeconds(LadderView view)
    {
        if (view.RoundTrips.Count == 0) return null;
        var ordered = view.RoundTrips.Select(static sample => sample.Duration).Order().ToList();
        return ordered[ordered.Count / 2].TotalSeconds;
    }
}
