namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>Finds the file of a folder that a name meant that is not there: one that differs in case only.</summary>
/// <param name="root">An existing folder.</param>
internal sealed class NearestName(string root)
{
    /// <summary>Entries of a folder that are looked at, and segments of a name.</summary>
    private const int MaxEntries = 10_000, MaxSegments = 32;

    private static readonly EnumerationOptions Quietly = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    /// <returns><c>null</c>: there is none, or it is there as it was written.</returns>
    public string? Of(string name)
    {
        var segments = name.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length is 0 or > MaxSegments) return null;
        var found = "";
        foreach (var segment in segments)
        {
            if (segment is "." or "..") return null;
            if (Entry(Path.Combine(root, found), segment) is not { } entry) return null;
            found = found.Length == 0 ? entry : $"{found}/{entry}";
        }

        return found == string.Join('/', segments) ? null : found;
    }

    private static string? Entry(string folder, string name)
    {
        try
        {
            string? nearest = null;
            foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", Quietly).Take(MaxEntries))
            {
                var entry = Path.GetFileName(path);
                if (entry == name) return entry;
                if (entry.Equals(name, StringComparison.OrdinalIgnoreCase)) nearest = entry;
            }

            return nearest;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
