using System.Text;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>Bytes of content a second, what was sent again left out.</summary>
internal static class ThroughputPlot
{
    private const int Bins = 106;

    public static void Write(TextWriter html, IEnumerable<LadderStep> data, TimeAxis axis)
    {
        var rates = new double[Bins];
        var width = axis.Seconds / Bins;
        foreach (var step in data) rates[(int)Math.Min(axis.Share(step.At) * Bins, Bins - 1)] += step.Length / width;
        var most = rates.Max();
        if (most <= 0) return;

        var top = Plot.RoundUp(most);
        Plot.Begin(html, "Throughput", $"Throughput over time, at most {ByteAmount.Format(most)} a second", axis);
        foreach (var share in (ReadOnlySpan<double>)[0, 0.5, 1]) Plot.Gridline(html, share, ByteAmount.Format(top * share) + "/s");
        var path = new StringBuilder($"M{Plot.Left} {Plot.Bottom}");
        for (var bin = 0; bin < Bins; bin++)
        {
            var y = Markup.Plain(Math.Round(Plot.Y(rates[bin] / top), 1));
            path.Append($"V{y}H{Plot.Left + (bin + 1) * (Plot.Right - Plot.Left) / Bins}");
        }

        html.Write($"<path class=\"area\" d=\"{path}V{Plot.Bottom}Z\"/>");
        Plot.End(html);
    }
}
