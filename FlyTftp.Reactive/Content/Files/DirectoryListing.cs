namespace FlyTftp.Reactive.Content.Files;

/// <summary>What a folder held when it was read.</summary>
internal sealed class DirectoryListing
{
    private DirectoryListing(FileIdentity identity, IReadOnlyList<DirectoryEntry> entries) => (Identity, Entries) = (identity, entries);

    /// <summary>Another folder, or the same one changed, has another identity.</summary>
    public FileIdentity Identity { get; }

    /// <summary>In the order of their characters.</summary>
    public IReadOnlyList<DirectoryEntry> Entries { get; }

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
internal sealed record DirectoryEntry(string Name, bool MayBeFolder);
