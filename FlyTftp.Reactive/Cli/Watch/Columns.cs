using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Cli.Watch;

/// <summary>Text by the columns it takes on a terminal: two for East Asian wide characters, none for marks that combine.</summary>
internal static class Columns
{
    /// <summary>Exactly so many columns: cut with an ellipsis, or filled up with spaces.</summary>
    public static string Fit(string text, int width) => Cut(text, width) is var cut ? cut + new string(' ', Math.Max(0, width - Of(cut))) : "";

    /// <inheritdoc cref="Fit"/>
    public static string FitRight(string text, int width) => Cut(text, width) is var cut ? new string(' ', Math.Max(0, width - Of(cut))) + cut : "";

    /// <summary>At most so many columns.</summary>
    public static string Cut(string text, int width)
    {
        if (width <= 0) return "";
        if (text.Length <= width && Ascii.IsValid(text)) return text;
        var (columns, length) = (0, 0);
        foreach (var character in text)
        {
            var next = columns + Of(character);
            if (next > width) break;
            (columns, length) = (next, length + 1);
        }

        if (length == text.Length) return text;
        while (length > 0 && columns > width - 1) columns -= Of(text[--length]);
        return text[..length] + "…";
    }

    public static int Of(string text) => text.Sum(Of);

    // Text is printable: surrogates and control characters have become escapes.
    private static int Of(char character) => character switch
    {
        < '\u0300' => 1,
        >= '\u1100' and <= '\u115F' or >= '\u2E80' and <= '\uA4CF' or >= '\uAC00' and <= '\uD7A3' or >= '\uF900' and <= '\uFAFF'
            or >= '\uFE30' and <= '\uFE6F' or >= '\uFF00' and <= '\uFF60' or >= '\uFFE0' and <= '\uFFE6' => 2,
        _ => CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : 1,
    };
}
