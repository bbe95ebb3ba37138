using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// Opens what is there under the exact name; else, segment by segment, the one entry whose name differs in case only. Of several the first in order,
/// and <paramref name="onAmbiguous"/> is told. What it has listed is kept until a folder changes: a name that is not there costs a look at each folder.
/// </summary>
/// <param name="onAmbiguous">Told once a listing: the path that is taken and one that is not. From any thread.</param>
internal sealed class IgnoreCaseOpener(IFileOpener inner, Action<string, string> onAmbiguous) : IFileOpener
{
    /// <summary>Names kept over all folders; then all are forgotten.</summary>
    public const int MaxNames = 65_536;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Folder> _folders = [];
    private int _names;

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        var opening = inner.Open(path, mayBlock);
        if (opening.Refusal is not { Reason: RefusalReason.NotFound }) return opening;
        if (!mayBlock) return FileOpening.WouldBlock;
        return Match(path) is { } matched && matched != path ? inner.Open(matched, mayBlock: true) : opening;
    }

    public bool IsRootThere => inner.IsRootThere;

    public DirectoryListing? List(SafePath? folder) => inner.List(folder);

    public FileIdentity? Identify(SafePath? folder) => inner.Identify(folder);

    public void Dispose() => inner.Dispose();

    private SafePath? Match(SafePath path)
    {
        SafePath? matched = null;
        foreach (var segment in path.Value.Split('/'))
        {
            if (FolderOf(matched)?.Find(segment, matched?.Value, onAmbiguous) is not { } name) return null;
            // What lies in a folder has the same letters as the segment, and so is as harmless.
            var value = matched is null ? name : $"{matched.Value}/{name}";
            if (!SafePath.TryParse(value, flat: false, hidden: true, out matched, out _)) return null;
        }

        return matched;
    }

    private Folder? FolderOf(SafePath? path)
    {
        var key = path?.Value ?? "";
        lock (_gate)
        {
            if (_folders.TryGetValue(key, out var known) && inner.Identify(path) == known.Identity) return known;

            if (_folders.Remove(key)) _names -= known!.Count;
            if (inner.List(path) is not { } listing) return null;
            var folder = new Folder(listing);
            if ((_names += folder.Count) > MaxNames)
            {
                _folders.Clear();
                _names = folder.Count;
            }

            _folders[key] = folder;
            return folder;
        }
    }

    private sealed class Folder
    {
        private readonly Dictionary<string, string> _firsts = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _others = [];
        private readonly HashSet<string> _told = [];

        public Folder(DirectoryListing listing)
        {
            (Identity, Count) = (listing.Identity, listing.Entries.Count);
            foreach (var entry in listing.Entries)
            {
                if (!_firsts.TryAdd(entry.Name, entry.Name)) _others.Add(entry.Name);
            }
        }

        public FileIdentity Identity { get; }

        public int Count { get; }

        public string? Find(string segment, string? folder, Action<string, string> onAmbiguous)
        {
            if (!_firsts.TryGetValue(segment, out var first)) return null;
            if (first == segment || _others.Contains(segment)) return segment;
            if (_others.FirstOrDefault(other => other.Equals(segment, StringComparison.OrdinalIgnoreCase)) is { } second)
            {
                bool isNews;
                lock (_told) isNews = _told.Add(first);
                if (isNews) onAmbiguous(Join(first), Join(second));
            }

            return first;

            string Join(string name) => folder is null ? name : $"{folder}/{name}";
        }
    }
}
