namespace FlyTftp.Reactive.Cli;

/// <summary>
/// A file that appears under its name only when it is whole. Until <see cref="Commit"/> it has another name in the same folder, so that
/// the rename is one step; disposed before that, it is gone, and a file that was there already is untouched.
/// </summary>
public sealed class PartialFile : IDisposable
{
    private const int BufferSize = 128 * 1024;
    private readonly string _path, _partialPath;
    private bool _isCommitted;

    /// <param name="path">Of a regular file, or of nothing (<see cref="OutputTarget"/> sees to that).</param>
    /// <exception cref="IOException">The folder is missing or full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public PartialFile(string path)
    {
        _path = Path.GetFullPath(path);
        // With its dot, neither a listing nor a server that hides such names shows it meanwhile.
        _partialPath = Path.Combine(Path.GetDirectoryName(_path) ?? "", $".flytftp-{Path.GetRandomFileName()}.part");
        Stream = new FileStream(_partialPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize);
        // A second Ctrl-C ends the program without unwinding it.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public Stream Stream { get; }

    /// <summary>Gives it its name, in place of a file that bears it.</summary>
    public void Commit()
    {
        Stream.Dispose();
        File.Move(_partialPath, _path, overwrite: true);
        _isCommitted = true;
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // The last buffer does not fit on the disk; what is deleted now need not be whole.
        }

        if (!_isCommitted) File.Delete(_partialPath);
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();
}
