using System.Diagnostics;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>The names of the files beneath a root that can be served, as far as they were found within bounds.</summary>
/// <param name="Names">Relative to the root, segments joined by <c>/</c>.</param>
internal sealed record FileIndex(IReadOnlyList<string> Names)
{
    /// <summary>Names kept, folders read, and entries of them looked at.</summary>
    public const int NamesMax = 20_000, FoldersMax = 1_000, EntriesMax = 100_000;

    /// <summary>How long a walk may go on before it takes up another folder.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Walks through the folders, those near the root first. Blocks.</summary>
    /// <param name="mayServe">Whether a name may be asked for.</param>
    public static FileIndex Read(IFileOpener opener, Func<string, bool> mayServe)
    {
        var started = Stopwatch.GetTimestamp();
        var names = new List<string>();
        var folders = new Queue<SafePath?>([null]);
        var (read, seen) = (0, 0);
        while (folders.TryDequeue(out var folder) && read++ < FoldersMax && Stopwatch.GetElapsedTime(started) < Patience)
        {
            foreach (var entry in opener.List(folder)?.Entries ?? [])
            {
                if (names.Count >= NamesMax || seen++ >= EntriesMax) return new FileIndex(names);
                if (!SafePath.TryParse(folder is null ? entry.Name : $"{folder.Value}{SafePath.Separator}{entry.Name}", flat: false, out var path)) continue;
                if (entry.MayBeFolder && folders.Count < FoldersMax) folders.Enqueue(path);
                else if (!entry.MayBeFolder && mayServe(path.Value)) names.Add(path.Value);
            }
        }

        return new FileIndex(names);
    }

    /// <summary>
    /// The name that was probably meant by one that is not there: the same but for its case, in another folder, or one letter changed, added, left
    /// out or changed places with the next.
    /// </summary>
    public string? Nearest(string name)
    {
        var wanted = name.Replace('\\', SafePath.Separator).TrimStart(SafePath.Separator);
        var last = LastOf(wanted);
        string? elsewhere = null, near = null;
        foreach (var known in Names)
        {
            if (known.Equals(wanted, StringComparison.OrdinalIgnoreCase)) return known;
            if (elsewhere is null && LastOf(known).Equals(last, StringComparison.OrdinalIgnoreCase)) elsewhere = known;
            if (near is null && IsOneLetterOff(known, wanted)) near = known;
        }

        return elsewhere ?? near;
    }

    private static ReadOnlySpan<char> LastOf(ReadOnlySpan<char> name) => name[(name.LastIndexOf(SafePath.Separator) + 1)..];

    /// <summary>Of a short name one letter is too much: <c>c32</c> is not <c>e32</c>.</summary>
    private static bool IsOneLetterOff(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        const int shortest = 5;
        if (one.Length < shortest || other.Length < shortest || Math.Abs(one.Length - other.Length) > 1) return false;
        var same = one.CommonPrefixLength(other);
        one = one[same..];
        other = other[same..];
        // A figure more or less is another version, not a slip.
        if (IsFigure(one) || IsFigure(other)) return false;
        if (one.Length > other.Length) return one[1..].SequenceEqual(other);
        if (one.Length < other.Length) return one.SequenceEqual(other[1..]);
        return !one.IsEmpty && (one[1..].SequenceEqual(other[1..]) || (one.Length > 1 && one[0] == other[1] && one[1] == other[0] && one[2..].SequenceEqual(other[2..])));
    }

    private static bool IsFigure(ReadOnlySpan<char> rest) => !rest.IsEmpty && char.IsAsciiDigit(rest[0]);
}
