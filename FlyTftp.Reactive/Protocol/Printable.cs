using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Protocol;

/// <summary>Makes text that came from the network fit to be shown: one line, no terminal escapes, nothing invisible.</summary>
public static class Printable
{
    /// <summary>
    /// Control, format and surrogate characters and line separators become <c>\xNN</c> or <c>\uNNNN</c>; a backslash stays as it is,
    /// so that <c>Boot\BCD</c> is readable. Returns the same string when there is nothing to do.
    /// </summary>
    public static string Escape(string text)
    {
        var first = 0;
        while (first < text.Length && IsPlain(text[first])) first++;
        if (first == text.Length) return text;

        var escaped = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var character in text.AsSpan(first))
        {
            if (IsPlain(character)) escaped.Append(character);
            else if (character <= 0xFF) escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}");
            else escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }

        return escaped.ToString();
    }

    private static bool IsPlain(char character) =>
        character is >= ' ' and < '\x7F'
        || (character > '\x7F' && CharUnicodeInfo.GetUnicodeCategory(character) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
