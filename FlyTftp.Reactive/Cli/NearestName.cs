namespace FlyTftp.Reactive.Cli;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>Letters that may be wrong, missing, or too many.</summary>
    private const int MaxDistance = 2;

    /// <summary>Longer than this is no slip of the keyboard, and not worth the square of its length.</summary>
    private const int MaxLength = 32;

    /// <summary><c>did you mean --retries?</c>, or all that is allowed where nothing is near.</summary>
    public static string Suggest(string written, IReadOnlyList<string> allowed) =>
        allowed.Where(name => IsNear(written, name)).MinBy(name => Distance(written, name)) is { } name
            ? $"did you mean {name}?"
            : $"allowed are {string.Join(", ", allowed)}";

    // Of a short name more than a third would be another word.
    private static bool IsNear(string written, string name) =>
        written.Length is > 0 and <= MaxLength && Distance(written, name) <= Math.Min(MaxDistance, name.TrimStart('-').Length / 3);

    /// <summary>Levenshtein's: the fewest letters to change, add or leave out.</summary>
    private static int Distance(string one, string other)
    {
        Span<int> row = stackalloc int[MaxLength + 1];
        for (var index = 0; index <= one.Length; index++) row[index] = index;
        for (var line = 1; line <= other.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var index = 1; index <= one.Length; index++)
            {
                var changed = diagonal + (one[index - 1] == other[line - 1] ? 0 : 1);
                diagonal = row[index];
                row[index] = Math.Min(changed, Math.Min(row[index], row[index - 1]) + 1);
            }
        }

        return row[one.Length];
    }
}
