using System.Text;

namespace FlyTftp.Reactive.Content.Rules;

/// <summary>
/// Writes an extended regular expression (regex(7), as egrep takes it) for .NET: in a bracket expression a backslash is a backslash and
/// <c>[:alpha:]</c> a class, <c>.</c> is any character, <c>^</c> and <c>$</c> are the name's two ends, <c>\&lt;</c> and <c>\&gt;</c> a word's. The rest
/// means the same to both, but that .NET takes the first alternative that fits and POSIX the longest.
/// </summary>
internal static class PosixPattern
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        ["alpha"] = "a-zA-Z",
        ["digit"] = "0-9",
        ["alnum"] = "a-zA-Z0-9",
        ["upper"] = "A-Z",
        ["lower"] = "a-z",
        ["xdigit"] = "0-9A-Fa-f",
        ["space"] = @"\s",
        ["blank"] = @" \t",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["print"] = " -~",
        ["graph"] = "!-~",
        ["cntrl"] = @"\x00-\x1F\x7F",
    };

    public static string ToDotNet(string pattern, bool ignoreCase)
    {
        var result = new StringBuilder(ignoreCase ? "(?si)" : "(?s)", pattern.Length + 16);
        for (var index = 0; index < pattern.Length; index++)
        {
            switch (pattern[index])
            {
                case '[':
                    index = AppendBracket(pattern, index, result);
                    break;
                case '$':
                    result.Append(@"\z");
                    break;
                case '\\' when index + 1 < pattern.Length:
                    result.Append(Escape(pattern[++index]));
                    break;
                case '{' when index + 1 < pattern.Length && pattern[index + 1] == ',':
                    result.Append("{0");
                    break;
                case var character:
                    result.Append(character);
                    break;
            }
        }

        return result.ToString();
    }

    private static string Escape(char character) => character switch
    {
        '<' => @"\b(?=\w)",
        '>' => @"\b(?<=\w)",
        '`' => @"\A",
        '\'' => @"\z",
        '_' => "_",
        _ => $@"\{character}",
    };

    /// <returns>Where it ends.</returns>
    private static int AppendBracket(string pattern, int start, StringBuilder result)
    {
        var index = start + 1;
        result.Append('[');
        if (index < pattern.Length && pattern[index] == '^')
        {
            result.Append('^');
            index++;
        }

        // A closing bracket in the first place is one of the set.
        for (var first = index; index < pattern.Length && (pattern[index] != ']' || index == first); index++)
        {
            if (pattern[index] == '[' && pattern.AsSpan(index).StartsWith("[:") && pattern.IndexOf(":]", index + 2, StringComparison.Ordinal) is > 0 and var end)
            {
                var name = pattern[(index + 2)..end];
                result.Append(Classes.TryGetValue(name, out var members) ? members : throw new ArgumentException($"[:{name}:] is no class"));
                index = end + 1;
            }
            else if (pattern[index] is '\\' or '[' or ']') result.Append('\\').Append(pattern[index]);
            else result.Append(pattern[index]);
        }

        if (index == pattern.Length) throw new ArgumentException("\"[\" without its \"]\"");
        result.Append(']');
        return index;
    }
}
