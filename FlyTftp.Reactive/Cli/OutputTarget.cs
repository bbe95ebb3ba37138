using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Server.Files;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// Where a command writes to, looked at before there is anything to write. A regular file is replaced when the new one is whole
/// (<see cref="PartialFile"/>); a device, a FIFO and standard output are written to as they are; everything else is refused.
/// </summary>
/// <param name="Path">As the user wrote it.</param>
/// <param name="Kind"><see cref="PathKind.Missing"/>, <see cref="PathKind.File"/> or <see cref="PathKind.Special"/>.</param>
internal sealed record OutputTarget(string Path, PathKind Kind)
{
    /// <summary>As a file's name: standard output.</summary>
    public const string StandardOutput = "-";

    // Links to whatever standard output is: opened anew, a file would be written to from its beginning.
    private static readonly string[] StandardOutputNames = [StandardOutput, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

    public bool IsStandardOutput => IsStandardOutputName(Path);

    /// <inheritdoc cref="IsStandardOutput"/>
    public static bool IsStandardOutputName(string? path) => StandardOutputNames.Contains(path);

    /// <summary>Looks at a path and opens nothing for good.</summary>
    /// <param name="obstacle">Why nothing can be written there, to follow the path and a colon.</param>
    public static bool TryExamine(string path, [NotNullWhen(true)] out OutputTarget? target, [NotNullWhen(false)] out string? obstacle)
    {
        target = new OutputTarget(path, PathKind.Special);
        obstacle = target.IsStandardOutput ? null : Examine(path, out target);
        return obstacle is null;
    }

    /// <summary>Looks at a path and opens it. For a FIFO that takes until somebody reads it.</summary>
    /// <param name="name">What the path is called in an error: the path, or an option and the path.</param>
    /// <exception cref="IOException">Nothing can be written there; the message is one line for the user.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static async Task<OutputFile> OpenAsync(string path, string name, Func<Stream> openOutput, CancellationToken cancellation)
    {
        if (!TryExamine(path, out var target, out var obstacle)) throw new IOException($"{name}: {obstacle}");
        if (target.IsStandardOutput) return new OutputFile(name, openOutput());
        try
        {
            if (target.Kind != PathKind.Special) return new OutputFile(name, new PartialFile(path));
            return new OutputFile(name, await Task.Run(target.OpenSpecial, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException($"{name}: {Explain(exception)}");
        }
    }

    /// <summary>Whether both paths lead to one regular file.</summary>
    public static bool IsSameFile(string one, string other) =>
        PathStatus.Of(one, followsLinks: true) is { Kind: PathKind.File, Identity: { } identity } && PathStatus.Of(other, followsLinks: true).Identity == identity;

    /// <summary>What went wrong, without the path, which stands before it already.</summary>
    internal static string Explain(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "permission denied",
        DirectoryNotFoundException => "the directory it would be in does not exist",
        _ => exception.Message,
    };

    private static string? Examine(string path, out OutputTarget? target)
    {
        target = null;
        var status = PathStatus.Of(path, followsLinks: false);
        if (status.Kind == PathKind.Link)
        {
            // /dev/fd/63 and its like lead to a pipe.
            var end = PathStatus.Of(path, followsLinks: true).Kind;
            if (end != PathKind.Special) return "is a link: it would be replaced, not what it leads to; name that";
            status = new(end);
        }

        if (status.Kind == PathKind.Directory || System.IO.Path.GetFileName(path).Length == 0) return "is a directory: name a file in it";
        if (status.Kind == PathKind.File && WhyNotReplaceable(path, status) is { } obstacle) return obstacle;
        target = new OutputTarget(path, status.Kind);
        return null;
    }

    /// <summary>The rename at the end has to work, and what the user has protected against writing is not replaced either.</summary>
    private static string? WhyNotReplaceable(string path, PathStatus status)
    {
        if (status.IsMountPoint) return "is a mount point, which cannot be replaced";
        var folder = PathStatus.Of(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "/", followsLinks: true);
        if (folder.Permissions.HasFlag(UnixFileMode.StickyBit) && PathStatus.CurrentUser is { } user and not 0 && status.Owner != user && folder.Owner != user)
            return "belongs to another user, and its directory lets nobody else replace it (sticky bit)";
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Explain(exception);
        }
    }

    // Unbuffered: whoever reads a FIFO wants each block when it comes.
    private FileStream OpenSpecial() => new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
}
