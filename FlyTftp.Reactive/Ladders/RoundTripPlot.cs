namespace FlyTftp.Reactive.Ladders;

/// <summary>Round trips on a logarithmic scale; of many at about the same time, the shortest and the longest.</summary>
internal static class RoundTripPlot
{
    private const int Bins = 265;

    /// <summary>In seconds; the scale has whole powers of ten only.</summary>
    private const double Shortest = 1e-6;

    public static void Write(TextWriter html, IEnumerable<RoundTripSample> samples, TimeAxis axis)
    {
        var (low, high) = (new double[Bins], new double[Bins]);
        foreach (var sample in samples)
        {
            var bin = (int)Math.Min(axis.Share(sample.At) * Bins, Bins - 1);
            var seconds = Math.Max(Shortest, sample.Duration.TotalSeconds);
            low[bin] = low[bin] == 0 ? seconds : Math.Min(low[bin], seconds);
            high[bin] = Math.Max(high[bin], seconds);
        }

        if (high.Max() == 0) return;
        var bottom = (int)Math.Floor(Math.Log10(low.Where(static seconds => seconds > 0).Min()));
        var top = Math.Max(bottom + 1, (int)Math.Ceiling(Math.Log10(high.Max())));
        Plot.Begin(html, "Round trips", $"Round trips over time, the longest {Markup.Span(TimeSpan.FromSeconds(high.Max()))}", axis);
        for (var power = bottom; power <= top; power++) Plot.Gridline(html, Share(Math.Pow(10, power)), Markup.Span(TimeSpan.FromSeconds(Math.Pow(10, power))).Replace(".00", "", StringComparison.Ordinal).Replace(".0", "", StringComparison.Ordinal));
        for (var bin = 0; bin < Bins; bin++)
        {
            if (high[bin] == 0) continue;
            var x = Markup.Plain(Math.Round(Plot.Left + (bin + 0.5) * (Plot.Right - Plot.Left) / Bins, 1));
            Dot(x, low[bin]);
            if (high[bin] > low[bin] * 1.1) Dot(x, high[bin]);
        }

        Plot.End(html);

        double Share(double seconds) => (Math.Log10(seconds) - bottom) / (top - bottom);
        void Dot(string x, double seconds) => html.Write($"<circle class=\"dot\" cx=\"{x}\" cy=\"{Markup.Plain(Math.Round(Plot.Y(Share(seconds)), 1))}\" r=\"2\"/>");
    }
}
