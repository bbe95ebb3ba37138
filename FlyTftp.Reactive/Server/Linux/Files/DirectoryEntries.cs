using System.Buffers.Binary;
using System.Text;

namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>
/// A directory that stays open so that its entries can be counted after paths are out of reach; the framework's own enumeration opens
/// by path each time.
/// </summary>
internal sealed unsafe class DirectoryEntries : IDisposable
{
    private const int LengthOffset = 16, NameOffset = 19;

    private readonly int _descriptor;
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[4096];

    private DirectoryEntries(int descriptor) => _descriptor = descriptor;

    /// <returns><c>null</c> when it cannot be opened.</returns>
    public static DirectoryEntries? Open(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var descriptor = Libc.Open(name, OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
            return descriptor < 0 ? null : new DirectoryEntries(descriptor);
        }
    }

    /// <summary>How many entries there are now, "." and ".." left out. What fails counts as nothing.</summary>
    public long Count()
    {
        lock (_gate)
        {
            var count = 0L;
            _ = Libc.Seek(_descriptor, 0, 0);
            fixed (byte* buffer = _buffer)
            {
                nint filled;
                while ((filled = SystemCall.GetDirectoryEntries.Invoke(_descriptor, (nint)buffer, _buffer.Length)) > 0)
                {
                    count += CountIn(_buffer.AsSpan(0, (int)filled));
                }
            }

            return count;
        }
    }

    public void Dispose() => _ = Libc.Close(_descriptor);

    // struct linux_dirent64: inode (8), offset (8), length of this record (2), type (1), name up to a NUL.
    private static long CountIn(ReadOnlySpan<byte> records)
    {
        var count = 0L;
        while (records.Length > NameOffset)
        {
            var name = records[NameOffset..];
            if (!name.StartsWith(".\0"u8) && !name.StartsWith("..\0"u8)) count++;
            records = records[BinaryPrimitives.ReadUInt16LittleEndian(records[LengthOffset..])..];
        }

        return count;
    }
}
