using System.Text;
using System.Text.RegularExpressions;

namespace FlyTftp.Reactive.Content.Rules;

/// <summary>
/// What a rule puts in the place of a match: text with <c>\0</c> to <c>\9</c> for what matched, <c>\i</c> and <c>\x</c> for the client's address,
/// <c>\U</c>, <c>\L</c> and <c>\E</c> for the case of what follows. Any other character after a backslash stands for itself.
/// </summary>
internal sealed class Replacement(string pattern)
{
    /// <summary>The name with the match replaced.</summary>
    public string Apply(string name, Match match, in RuleClient client)
    {
        var result = new StringBuilder(name, 0, match.Index, name.Length + pattern.Length);
        Func<string, string> cased = static text => text;
        for (var index = 0; index < pattern.Length; index++)
        {
            if (pattern[index] != '\\' || index + 1 == pattern.Length)
            {
                result.Append(cased(pattern[index].ToString()));
                continue;
            }

            switch (pattern[++index])
            {
                case >= '0' and <= '9' and var digit: result.Append(cased(match.Groups[digit - '0'].Value)); break;
                case 'i': result.Append(cased(client.Address)); break;
                case 'x': result.Append(cased(client.Hexadecimal)); break;
                case 'U': cased = static text => text.ToUpperInvariant(); break;
                case 'L': cased = static text => text.ToLowerInvariant(); break;
                case 'E': cased = static text => text; break;
                case var other: result.Append(cased(other.ToString())); break;
            }
        }

        return result.Append(name, match.Index + match.Length, name.Length - match.Index - match.Length).ToString();
    }
}
