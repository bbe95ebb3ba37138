using System.Globalization;
using System.Net;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>Text and figures as they stand on the page.</summary>
internal static class Markup
{
    /// <summary>Safe between tags and in quoted attributes, and without anything invisible.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(Printable.Escape(text));

    /// <summary>The same, of which no option of the command line is broken between two lines.</summary>
    public static string Prose(string text) =>
        string.Join(' ', text.Split(' ').Select(static word => word.StartsWith("--", StringComparison.Ordinal) ? $"<span class=\"option\">{Text(word)}</span>" : Text(word)));

    /// <summary>A session's outcome, in the look of its tone.</summary>
    public static string Outcome(LadderSession session)
    {
        var (look, sign) = session.Tone switch
        {
            LadderTone.Good => ("good", "✓"),
            LadderTone.Fair => ("fair", "≈"),
            LadderTone.Bad => ("bad", "✕"),
            _ => ("unknown", "?"),
        };
        return $"<span class=\"outcome {look}\"><i>{sign}</i> {Text(session.Outcome)}</span>";
    }

    /// <summary>Seconds to the microsecond, as in transcripts.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>Seconds to the millisecond, for people.</summary>
    public static string Clock(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";

    /// <summary>A span in the unit that suits it: <c>210 µs</c>, <c>4.0 ms</c>, <c>3.98 s</c>.</summary>
    public static string Span(TimeSpan span)
    {
        var microseconds = span.TotalMicroseconds;
        if (microseconds < 1_000) return string.Create(CultureInfo.InvariantCulture, $"{microseconds:0} µs");
        return microseconds < 1_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000:0.0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000:0.00} s");
    }

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A coordinate or a key to sort by.</summary>
    public static string Plain(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
