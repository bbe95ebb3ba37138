using System.Diagnostics.CodeAnalysis;

namespace FlyTftp.Reactive.Server.Reload;

/// <summary>
/// Variables in a file, as systemd's EnvironmentFile= and docker's --env-file take them: <c>NAME=value</c> in a line, quotes around the whole value are left
/// out, <c>#</c> or <c>;</c> begins a comment line.
/// </summary>
internal static class EnvironmentFile
{
    /// <param name="name">The file's, for errors.</param>
    public static bool TryParse(
        string text, string name, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? variables, [NotNullWhen(false)] out string? error)
    {
        (variables, error) = (null, null);
        var found = new Dictionary<string, string>();
        var number = 0;
        foreach (var raw in text.EnumerateLines())
        {
            number++;
            var line = raw.Trim();
            if (line.IsEmpty || line[0] is '#' or ';') continue;
            var equals = line.IndexOf('=');
            if (equals < 1 || line[..equals].ContainsAny(' ', '\t', '"'))
            {
                error = $"{name}:{number}: allowed are lines NAME=value and comments";
                return false;
            }

            var value = line[(equals + 1)..].Trim();
            if (value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
            found[line[..equals].ToString()] = value.ToString();
        }

        variables = found;
        return true;
    }
}
