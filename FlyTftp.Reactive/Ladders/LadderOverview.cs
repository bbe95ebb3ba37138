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
        var axis = new TimeAxis(views.SelectMany(static view => view.Steps.Select(static step => step.At).Append(view.Figures.Started).Append(view.Figures.Ended)));
        if (!axis.HasLength) return;
        html.Write("<div class=\"plots\">");
        ThroughputPlot.Write(html, views.SelectMany(static view => view.Steps.Where(CarriesContent)), axis);
        RoundTripPlot.Write(html, views.SelectMany(static view => view.RoundTrips), axis);
        html.Write("</div>\n");
    }

    private static bool CarriesContent(LadderStep step) =>
        step is { Kind: PacketKind.Data, Mark: LadderMark.None or LadderMark.Difference or LadderMark.NotCaptured };
}
