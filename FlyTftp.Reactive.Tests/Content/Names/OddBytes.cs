using System.Globalization;
using System.Text.RegularExpressions;

namespace FlyTftp.Reactive.Tests.Content.Names;

/// <summary>Names that are no UTF-8, written as logs show them: half a surrogate pair does not survive in a test case's attribute.</summary>
internal static partial class OddBytes
{
    /// <summary><c>caf\xE9.img</c> as the program holds it in memory.</summary>
    public static string Odd(this string text) =>
        Escape().Replace(text, static match => ((char)(0xDC00 + byte.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture))).ToString());

    [GeneratedRegex(@"\\x([89A-F][0-9A-F])")]
    private static partial Regex Escape();
}
