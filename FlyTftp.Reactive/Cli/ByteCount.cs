using System.Globalization;

namespace FlyTftp.Reactive.Cli;

/// <summary>A number of bytes as it is written on a command line: <c>1500</c>, <c>64K</c>, <c>700M</c>, <c>16G</c> (powers of 1024).</summary>
internal static class ByteCount
{
    private const string Suffixes = "KMG";
    private const int BitsPerSuffix = 10;

    public static bool TryParse(string text, out long bytes)
    {
        var suffix = text.Length == 0 ? -1 : Suffixes.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        var shift = BitsPerSuffix * (suffix + 1);
        var digits = suffix < 0 ? text.AsSpan() : text.AsSpan(0, text.Length - 1);
        var isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift;
        bytes = isNumber ? number << shift : 0;
        return isNumber;
    }
}
