using System.Text;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Server.Linux.Files;

namespace FlyTftp.Reactive.Server.Reload;

/// <summary>
/// The files outside the root that are read again while the server runs, and the root's own path: through the process that keeps them, where the server has
/// gone into its root, else directly.
/// </summary>
/// <param name="paths">Full paths: no others can be asked for.</param>
internal sealed class ConfigFiles(IReadOnlyList<string> paths, string root, FileKeeper? keeper = null) : IDisposable
{
    /// <summary>A whole file as text; <c>null</c>: none could be read.</summary>
    /// <param name="path">One of those that are known.</param>
    /// <param name="error">One line: file and reason.</param>
    public string? Read(string path, out string error)
    {
        error = "";
        var number = paths.ToList().IndexOf(path);
        if (number < 0) throw new ArgumentException("Not one of the files that are kept.", nameof(path));

        if (keeper is not null)
        {
            if (keeper.Read(number, out var code) is { } bytes) return Encoding.UTF8.GetString(bytes);
            error = $"{path}: {(code == Errno.TooLarge ? $"more than {FileKeeper.MaxLength} bytes" : NativeFiles.Describe(code))}";
            return null;
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"{path}: {exception.Message}";
            return null;
        }
    }

    /// <summary>Which folder the root's path leads to now; <c>null</c>: to none, or it cannot be told.</summary>
    public (ulong Device, ulong Inode)? IdentifyRoot() =>
        keeper is not null ? keeper.IdentifyRoot()
        : NativeFiles.IsSupported && NativeFiles.StatPath(root, followsLinks: true, out var status) >= 0
            ? (((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode)
            : null;

    public void Dispose() => keeper?.Dispose();
}
