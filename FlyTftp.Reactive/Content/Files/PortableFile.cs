using Microsoft.Win32.SafeHandles;

namespace FlyTftp.Reactive.Content.Files;

/// <summary>A file opened by the framework. Others may write, rename and delete it meanwhile. Always blocks.</summary>
internal sealed class PortableFile : IOpenFile
{
    private readonly string _path;
    private readonly ulong _inode;
    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">And its kin: it cannot be opened.</exception>
    public PortableFile(string path, ulong inode)
    {
        (_path, _inode) = (path, inode);
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Identity = Identify();
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public FileIdentity Identity { get; }

    public FileIdentity? IdentifyAgain(bool mayBlock)
    {
        try
        {
            return Identify();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public FileRead Read(long offset, Span<byte> destination, bool mayBlock)
    {
        if (!mayBlock) return FileRead.WouldBlock;

        try
        {
            return new(RandomAccess.Read(_handle, destination, offset));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileRead.Failed;
        }
    }

    public void Dispose() => _handle.Dispose();

    private FileIdentity Identify() =>
        new(_path, 0, _inode, RandomAccess.GetLength(_handle), File.GetLastWriteTimeUtc(_handle).Ticks);
}
