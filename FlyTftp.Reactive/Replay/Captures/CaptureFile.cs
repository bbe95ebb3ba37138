using FlyTftp.Reactive.Replay.Unpacking;
using Microsoft.Win32.SafeHandles;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// A capture that can be read more than once, and at any place: a file as it is, or what came through a pipe, put into a temporary file first.
/// What the file system does is an exception of <see cref="System.IO"/>, for whoever named the file to tell.
/// </summary>
internal sealed class CaptureFile : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private CaptureFile(string path, SafeFileHandle handle)
    {
        (_path, _handle) = (path, handle);
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>Bytes, unpacked.</summary>
    public long Length { get; }

    /// <summary>Why a compressed capture could not be unpacked to its end: one line. What comes before is there.</summary>
    public string? Flaw { get; private init; }

    public static CaptureFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!stream.CanSeek)
        {
            using (stream) return Spool(stream);
        }

        if (Unpacker.NameOf(stream) is not { } name) return new CaptureFile(path, stream.SafeFileHandle);
        using (stream) return Unpack(stream, name);
    }

    /// <summary>Reads a stream to its end. The temporary file goes when this is disposed, or the process ends in any way but a kill.</summary>
    public static CaptureFile Spool(Stream stream)
    {
        var (path, spool) = CreateSpool();
        stream.CopyTo(spool);
        spool.Flush();
        spool.Position = 0;
        if (Unpacker.NameOf(spool) is not { } name) return new CaptureFile(path, spool.SafeFileHandle);
        using (spool) return Unpack(spool, name);
    }

    private static CaptureFile Unpack(FileStream packed, string name)
    {
        var (path, spool) = CreateSpool();
        var flaw = Unpacker.Unpack(packed, name, spool);
        spool.Flush();
        return new CaptureFile(path, spool.SafeFileHandle) { Flaw = flaw };
    }

    private static (string Path, FileStream Stream) CreateSpool()
    {
        var path = Path.Combine(Path.GetTempPath(), "flytftp-" + Path.GetRandomFileName());
        return (path, new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16, FileOptions.DeleteOnClose));
    }

    /// <summary>The capture from its beginning; the caller's to close.</summary>
    public Stream OpenStream() => new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <returns>Bytes read; fewer than asked at the end of the file.</returns>
    public int Read(long offset, Span<byte> destination) => RandomAccess.Read(_handle, destination, offset);

    public void Dispose() => _handle.Dispose();
}
