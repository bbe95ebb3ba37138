namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A temporary folder that a server may read which was started as root and has become somebody else.</summary>
internal static class ServedFolder
{
    /// <returns>Its full path.</returns>
    public static string Create(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix);
        // Temporary folders are their owner's only.
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }

        return folder.FullName;
    }
}
