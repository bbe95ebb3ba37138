namespace FlyTftp.Reactive.Content.Files;

/// <summary>What a folder held when it was read.</summary>
/// <param name="Identity">Another one, or the same one changed, has another identity.</param>
/// <param name="Entries">In the order of their characters; at most <see cref="MaxEntries"/>.</param>
internal sealed record DirectoryListing(FileIdentity Identity, IReadOnlyList<DirectoryEntry> Entries)
{
    /// <summary>A folder of more is not listed.</summary>
    public const int MaxEntries = 65_536;

    /// <summary>Puts the entries in order.</summary>
    /// <returns><c>null</c>: too many.</returns>
    public static DirectoryListing? Of(FileIdentity identity, List<DirectoryEntry> entries)
    {
        if (entries.Count > MaxEntries) return null;
        entries.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return new DirectoryListing(identity, entries);
    }
}

/// <param name="MayBeFolder">A folder, or a file system that does not tell.</param>
internal readonly record struct DirectoryEntry(string Name, bool MayBeFolder);
