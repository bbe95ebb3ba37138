using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Server.Linux.Files;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>The one place that picks how files are opened: by the kernel, beneath the root, where it can; otherwise portably.</summary>
internal static class ContentAccess
{
    /// <summary>What a root is called: as it was written, and as it is once links are followed. To be asked before the process is confined.</summary>
    public static RootPath NamesOf(string root)
    {
        var full = Path.GetFullPath(root);
        return new RootPath(full, Real(full));
    }

    // The framework follows a path's last link alone.
    private static string Real(string path)
    {
        try
        {
            for (var links = 0; links < LinkWalk.MaxLinks;)
            {
                var parts = path.Split(Path.DirectorySeparatorChar);
                var linked = Enumerable.Range(1, parts.Length)
                    .Select(count => string.Join(Path.DirectorySeparatorChar, parts[..count]))
                    .FirstOrDefault(part => part.Length > 0 && new FileInfo(part).LinkTarget is not null);
                if (linked is null) break;
                var target = new FileInfo(linked).LinkTarget!;
                path = Path.GetFullPath(Path.Join(Path.GetFullPath(target, Path.GetDirectoryName(linked)!), path[linked.Length..]));
                links++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is known by one name.
        }

        return path;
    }

    /// <param name="root">
    /// Which directory, as it is now: if another one takes its name later, the first is still the one that is served (on Linux).
    /// </param>
    /// <param name="names">What absolute links may call it.</param>
    /// <param name="notice">One line for the log, or <c>null</c>: what the platform lacks.</param>
    /// <param name="error">One line for people: why there is no root.</param>
    public static bool TryOpenRoot(
        string root, RootPath names, [NotNullWhen(true)] out IFileOpener? opener, out string? notice, [NotNullWhen(false)] out string? error)
    {
        (opener, notice, error) = (null, null, null);
        if (!Directory.Exists(root))
        {
            error = File.Exists(root)
                ? $"root \"{root}\" is a file: name the directory it is in"
                : $"root \"{root}\" does not exist or may not be entered: create it or name another";
            return false;
        }

        try
        {
            _ = Directory.EnumerateFileSystemEntries(root).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"root \"{root}\" cannot be read: {e.Message}";
            return false;
        }

        if (!NativeFiles.IsSupported) opener = new PortableOpener(root, names: names);
        else if (BeneathOpener.TryCreate(root, names, out var beneath, out var lack)) opener = beneath;
        else
        {
            opener = new PortableOpener(root, NativeFiles.InodeOf, names);
            notice = $"the kernel does not open files beneath a root ({lack}): links are resolved by the server, and each opening takes a worker";
        }

        return true;
    }
}
