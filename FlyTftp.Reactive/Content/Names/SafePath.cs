using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// A relative file name of which every segment is harmless: the only kind of name that a store accepts. It exists only if it is safe;
/// names are never cleaned, they are taken or refused. The same name has the same fate on every platform.
/// </summary>
public sealed record SafePath
{
    /// <summary>Bytes in UTF-8.</summary>
    public const int MaxLength = 512;

    public const int MaxSegments = 32;

    // Boot loaders that grew up on Windows mix both in one name.
    /// <summary>Between the segments of a <see cref="Value"/>.</summary>
    public const char Separator = '/';

    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\");

    private SafePath(string value) => Value = value;

    /// <summary>Segments joined by <c>/</c>; no leading slash.</summary>
    public string Value { get; }

    public override string ToString() => Value;

    /// <summary>
    /// Both slashes separate. Leading separators mean nothing and an empty segment inside is no segment; a name that ends in a separator
    /// is refused. Refused as well is a name of more than <see cref="MaxLength"/> bytes or <see cref="MaxSegments"/> segments, or with a
    /// segment that begins with a dot (hidden, <c>.</c>, <c>..</c>), ends in a dot or a space, holds a control character, a colon (drives,
    /// alternate streams) or something that is no text, or is a device to Windows (<c>NUL</c>, <c>con.txt</c>).
    /// </summary>
    /// <param name="flat">The last segment becomes the whole path, but only of a name that is safe in all its segments.</param>
    public static bool TryParse(string name, bool flat, [NotNullWhen(true)] out SafePath? path)
    {
        path = null;
        if (Encoding.UTF8.GetByteCount(name) > MaxLength) return false;

        var value = new StringBuilder(name.Length);
        ReadOnlySpan<char> last = [];
        var count = 0;
        foreach (var range in name.AsSpan().SplitAny(Separators))
        {
            last = name.AsSpan(range);
            if (last.IsEmpty) continue;
            if (++count > MaxSegments || !IsSafe(last)) return false;
            if (flat) value.Clear();
            if (value.Length > 0) value.Append(Separator);
            value.Append(last);
        }

        if (last.IsEmpty) return false;
        path = new SafePath(value.ToString());
        return true;
    }

    private static bool IsSafe(ReadOnlySpan<char> segment)
    {
        if (segment[0] == '.' || segment[^1] is '.' or ' ' || IsDevice(segment)) return false;

        foreach (var rune in segment.EnumerateRunes())
        {
            // Bytes that are no UTF-8 have become U+FFFD: another name than the one asked for. So has half a surrogate pair here.
            if (rune.Value == ':' || rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control) return false;
        }

        return true;
    }

    private static bool IsDevice(ReadOnlySpan<char> segment)
    {
        var dot = segment.IndexOf('.');
        var stem = (dot < 0 ? segment : segment[..dot]).TrimEnd(' ');
        if (stem.Length == 4 && (IsWord(stem[..3], "COM") || IsWord(stem[..3], "LPT"))) return stem[3] is >= '0' and <= '9' or '¹' or '²' or '³';
        return IsWord(stem, "CON") || IsWord(stem, "PRN") || IsWord(stem, "AUX") || IsWord(stem, "NUL")
            || IsWord(stem, "CONIN$") || IsWord(stem, "CONOUT$");
    }

    private static bool IsWord(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
