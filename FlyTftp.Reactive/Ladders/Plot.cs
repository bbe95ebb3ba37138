using System.Globalization;

namespace FlyTftp.Reactive.Ladders;

/// <summary>The frame of a plot over time: axes, gridlines and their labels, in inline SVG without a style of its own.</summary>
internal static class Plot
{
    /// <summary>In the units of the drawing.</summary>
    public const int Width = 600, Height = 150, Left = 62, Right = 592, Top = 12, Bottom = 124;

    public static double X(TimeSpan at, TimeSpan from, TimeSpan to) => Left + (Right - Left) * ((at - from) / (to - from));

    /// <param name="share">0 at the bottom, 1 at the top.</param>
    public static double Y(double share) => Bottom - (Bottom - Top) * Math.Clamp(share, 0, 1);

    public static void Begin(TextWriter html, string title, string description, TimeSpan from, TimeSpan to)
    {
        html.Write($"<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Markup.Text(description)}\">");
        foreach (var seconds in Ticks(from.TotalSeconds, to.TotalSeconds))
        {
            var x = Markup.Plain(X(TimeSpan.FromSeconds(seconds), from, to));
            html.Write($"<path class=\"grid\" d=\"M{x} {Top}V{Bottom}\"/><text x=\"{x}\" y=\"{Bottom + 16}\" class=\"mid\">{seconds.ToString("0.######", CultureInfo.InvariantCulture)} s</text>");
        }
    }

    public static void Gridline(TextWriter html, double share, string label)
    {
        var y = Markup.Plain(Y(share));
        html.Write($"<path class=\"grid\" d=\"M{Left} {y}H{Right}\"/><text x=\"{Left - 6}\" y=\"{y}\" class=\"end\">{label}</text>");
    }

    public static void End(TextWriter html) => html.Write($"<path class=\"axis\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/></svg></figure>");

    /// <summary>The next larger of 1, 2 and 5 times a power of ten.</summary>
    public static double RoundUp(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return (value / unit) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * unit;
    }

    private static IEnumerable<double> Ticks(double from, double to)
    {
        var step = RoundUp((to - from) / 6);
        for (var number = Math.Ceiling(from / step); number * step <= to; number++) yield return number * step;
    }
}
