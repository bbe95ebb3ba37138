using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Server.Linux.Files;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>The one place that picks how files are opened: by the kernel, beneath the root, where it can; otherwise portably.</summary>
internal static class ContentAccess
{
    /// <param name="root">
    /// Which directory, as it is now: if another one takes its name later, the first is still the one that is served (on Linux).
    /// </param>
    /// <param name="notice">One line for the log, or <c>null</c>: what the platform lacks.</param>
    /// <param name="error">One line for people: why there is no root.</param>
    public static bool TryOpenRoot(
        string root, [NotNullWhen(true)] out IFileOpener? opener, out string? notice, [NotNullWhen(false)] out string? error)
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

        if (!NativeFiles.IsSupported) opener = new PortableOpener(root);
        else if (BeneathOpener.TryCreate(root, out var beneath, out var lack)) opener = beneath;
        else
        {
            opener = new PortableOpener(root, NativeFiles.InodeOf);
            notice = $"the kernel does not open files beneath a root ({lack}): links are resolved by the server, and each opening takes a worker";
        }

        return true;
    }
}
