namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// What the root is called outside: clients and links that know its whole path mean what is beneath it. By text alone; the file system is not asked.
/// </summary>
/// <param name="paths">Absolute: as it was written, and as it is once links are followed.</param>
public sealed class RootPath(params string[] paths)
{
    private static readonly StringComparison Case = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private readonly string[] _paths = [.. paths.Select(static path => WithSlashes(path).TrimEnd('/')).Distinct()];

    /// <summary>No absolute path leads into it.</summary>
    public static RootPath Unknown { get; } = new();

    /// <summary>What an absolute path names beneath the root, if it begins with the root's own; the root itself is empty.</summary>
    public string? Beneath(string absolute)
    {
        if (_paths.Length == 0 || !Path.IsPathRooted(absolute)) return null;
        var path = WithSlashes(absolute);
        foreach (var root in _paths)
        {
            if (path.StartsWith(root, Case) && (path.Length == root.Length || path[root.Length] == '/')) return path[root.Length..].TrimStart('/');
        }

        return null;
    }

    private static string WithSlashes(string path) => OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path;
}
