using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Protocol;

/// <summary>Makes text that came from the network fit to be shown: one line, no terminal escapes, nothing invisible.</summary>
public static class Printable
{
    /// <summary>
    /// Control, format and surrogate characters and line separators become <c>\xNN</c> or <c>\uNNNN</c>, and so does a byte that was no UTF-8
    /// (<see cref="ByteText"/>): <c>caf\xE9</c>. A backslash stays as it is, so that <c>Boot\BCD</c> is readable. Returns the same string when there
    /// is nothing to do.
    /// </summary>
    public static string Escape(string text) => Escape(text, isQuoted: false);

    /// <summary><see cref="Escape(string)"/> for text that will stand between quotation marks: one inside it becomes <c>\x22</c>, so that it ends nothing.</summary>
    public static string Quote(string text) => Escape(text, isQuoted: true);

    private static string Escape(string text, bool isQuoted)
    {
        var first = 0;
        while (first < text.Length && IsPlain(text[first], isQuoted)) first++;
        if (first == text.Length) return text;

        var escaped = new StringBuilder(text, 0, first, text.Length + 16);
        for (var index = first; index < text.Length; index++)
        {
            var character = text[index];
            if (IsPlain(character, isQuoted)) escaped.Append(character);
            else if (ByteText.IsRawByte(character) && (index == 0 || !char.IsHighSurrogate(text[index - 1])))
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{character - '\uDC00':X2}");
            else if (character <= 0xFF) escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}");
            else escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }

        return escaped.ToString();
    }

    private static bool IsPlain(char character, bool isQuoted) =>
        (character is >= ' ' and < '\x7F' && !(isQuoted && character == '"'))
        || (character > '\x7F' && CharUnicodeInfo.GetUnicodeCategory(character) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
