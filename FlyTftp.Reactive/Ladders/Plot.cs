using System.Globalization;

namespace FlyTftp.Reactive.Ladders;

/// <summary>The frame of a plot over time: axes, gridlines and their labels, in inline SVG without a style of its own.</summary>
internal static class Plot
{
    /// <summary>In the units of the drawing.</summary>
    public const int Width = 600, Height = 150, Left = 80, Right = 592, Top = 12, Bottom = 124;

    /// <summary>Of a time.</summary>
    private const int LabelWidth = 64;

    public static double X(double share) => Left + (Right - Left) * share;

    /// <param name="share">0 at the bottom, 1 at the top.</param>
    public static double Y(double share) => Bottom - (Bottom - Top) * Math.Clamp(share, 0, 1);

    public static void Begin(TextWriter html, string title, string description, TimeAxis axis)
    {
        html.Write($"<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Markup.Text(description)}\">");
        var free = double.MinValue;
        foreach (var tick in axis.Ticks())
        {
            var x = X(axis.Share(tick));
            html.Write($"<path class=\"grid\" d=\"M{Markup.Plain(Math.Round(x, 1))} {Top}V{Bottom}\"/>");
            // Neither over the edge nor over one another.
            if (x < free) continue;
            free = x + LabelWidth;
            var place = x > Right - LabelWidth / 2 ? "end" : x < Left + LabelWidth / 2 ? "begin" : "mid";
            html.Write($"<text x=\"{Markup.Plain(Math.Round(x, 1))}\" y=\"{Bottom + 16}\" class=\"{place}\">{tick.TotalSeconds.ToString("0.####", CultureInfo.InvariantCulture)} s</text>");
        }

        foreach (var share in axis.Cuts)
        {
            var x = Markup.Plain(Math.Round(X(share), 1));
            html.Write($"<path class=\"cut\" d=\"M{x} {Top}V{Bottom}\"><title>a long silence is left out here</title></path>");
        }
    }

    public static void Gridline(TextWriter html, double share, string label)
    {
        var y = Markup.Plain(Y(share));
        html.Write($"<path class=\"grid\" d=\"M{Left} {y}H{Right}\"/><text x=\"{Left - 6}\" y=\"{y}\" class=\"end side\">{label}</text>");
    }

    public static void End(TextWriter html) => html.Write($"<path class=\"axis\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/></svg></figure>");

    /// <summary>The next larger of 1, 2 and 5 times a power of ten.</summary>
    public static double RoundUp(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return (value / unit) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * unit;
    }
}
