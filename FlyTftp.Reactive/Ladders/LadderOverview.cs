using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>Throughput and round trips over time: of all sessions together, or of one.</summary>
internal static class LadderOverview
{
    public static void Write(TextWriter html, IReadOnlyList<LadderSession> sessions)
    {
        if (sessions.Count == 0) return;
        Write(html, [.. sessions.Select(static session => session.Views[0])]);
    }

    public static void Write(TextWriter html, IReadOnlyList<LadderView> views)
    {
        var from = views.Min(static view => view.Figures.Started);
        var to = views.Max(static view => view.Figures.Ended);
        if (to <= from) return;
        html.Write("<div class=\"plots\">");
        ThroughputPlot.Write(html, views.SelectMany(static view => view.Steps.Where(CarriesContent)), from, to);
        RoundTripPlot.Write(html, views.SelectMany(static view => view.RoundTrips), from, to);
        html.Write("</div>\n");
    }

    private static bool CarriesContent(LadderStep step) =>
        step is { Kind: PacketKind.Data, Mark: LadderMark.None or LadderMark.Difference };
}
