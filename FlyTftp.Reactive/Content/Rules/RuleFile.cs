using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace FlyTftp.Reactive.Content.Rules;

/// <summary>
/// Reads a map file of tftp-hpa's (tftpd(8), FILENAME REMAPPING). A line is an operation, a regular expression and, for <c>r</c>, a replacement, with
/// white space between them; <c>#</c> begins a comment, and a backslash before either makes it part of what it stands in.
/// </summary>
public static class RuleFile
{
    /// <summary>Rules a file may have, and characters a line.</summary>
    public const int MaxRules = 256, MaxLineLength = 4096;

    // In the order of RuleFlags.
    private const string Letters = "rgiesaGP46~";

    /// <param name="name">The file's, for errors.</param>
    /// <param name="error">One line: file, line, what is wrong and what is allowed.</param>
    public static bool TryParse(string text, string name, [NotNullWhen(true)] out RuleSet? rules, [NotNullWhen(false)] out string? error)
    {
        (rules, error) = (null, null);
        var found = new List<Rule>();
        var number = 0;
        foreach (var line in text.EnumerateLines())
        {
            number++;
            var complaint = line.Length > MaxLineLength ? $"more than {MaxLineLength} characters" : Read(line.ToString(), number, found);
            if (complaint is null && found.Count > MaxRules) complaint = $"more than {MaxRules} rules";
            if (complaint is null) continue;
            error = $"{name}:{number}: {complaint}";
            return false;
        }

        rules = new RuleSet(found);
        return true;
    }

    private static string? Read(string line, int number, List<Rule> found)
    {
        var rest = line.AsSpan();
        var operation = NextWord(ref rest);
        if (operation.Length == 0) return null;

        var flags = RuleFlags.None;
        foreach (var letter in operation)
        {
            if (Letters.IndexOf(letter, StringComparison.Ordinal) is var place && place < 0)
                return $"operation \"{operation}\": '{letter}' is none; allowed are {string.Join(' ', Letters.ToCharArray())}";
            flags |= (RuleFlags)(1 << place);
        }

        if (flags.HasFlag(RuleFlags.Replace | RuleFlags.Inverse)) return $"operation \"{operation}\": r and ~ do not go together";
        if (flags.HasFlag(RuleFlags.Global) && !flags.HasFlag(RuleFlags.Replace)) flags &= ~RuleFlags.Global;

        var pattern = NextWord(ref rest);
        if (pattern.Length == 0) return "no regular expression after the operation";
        var replacement = NextWord(ref rest);
        if (NextWord(ref rest) is { Length: > 0 } more) return $"\"{more}\" after the rule: a space inside it is written \"\\ \"";

        try
        {
            // Not with options: by that constructor the compiler and the other engine come into the program, 0.44 MB (docs/adr/0012).
            var regex = new Regex(PosixPattern.ToDotNet(pattern, flags.HasFlag(RuleFlags.IgnoreCase)));
            found.Add(new Rule(number, $"{operation} {pattern} {replacement}".TrimEnd(), flags, regex, new Replacement(replacement)));
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"regular expression \"{pattern}\": {exception.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <summary>Up to white space or a comment. Backslashes stay, as the two that read it next know them.</summary>
    private static string NextWord(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        var length = 0;
        for (var isEscaped = false; length < rest.Length && (isEscaped || !(char.IsWhiteSpace(rest[length]) || rest[length] == '#')); length++)
            isEscaped = !isEscaped && rest[length] == '\\';
        var word = rest[..length].ToString();
        rest = rest[length..];
        if (length == 0) rest = default;
        return word;
    }
}
