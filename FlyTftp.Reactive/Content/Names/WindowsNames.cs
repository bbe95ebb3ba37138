using System.Buffers;
using System.Text;

namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// What a name means to Windows alone: drives and alternate streams (<c>:</c>), endings that it drops, devices (<c>con.txt</c>), wild cards. On
/// other systems these are names like any other.
/// </summary>
internal static class WindowsNames
{
    private static readonly SearchValues<char> Special = SearchValues.Create(":*?\"<>|");

    public static bool IsHarmless(ReadOnlySpan<char> segment) =>
        segment[^1] is not ('.' or ' ') && !segment.ContainsAny(Special) && !IsDevice(segment) && !HasHalves(segment);

    private static bool HasHalves(ReadOnlySpan<char> segment)
    {
        // Bytes that are no text: NTFS would take them, as another name than the one that was asked for.
        foreach (var rune in segment.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar) return true;
        }

        return false;
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
