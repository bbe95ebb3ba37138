using System.Buffers.Binary;
using System.Text;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>
/// A directory that stays open so that its entries can be counted after paths are out of reach; the framework's own enumeration opens
/// by path each time.
/// </summary>
internal sealed unsafe class DirectoryEntries : IDisposable
{
    private const int LengthOffset = 16, TypeOffset = 18, NameOffset = 19;
    private const byte Unknown = 0, Folder = 4;

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

    /// <summary>The entries of a folder that was just opened, "." and ".." left out.</summary>
    /// <returns><c>null</c>: it cannot be read. One more than <paramref name="max"/>, or a few: it holds more.</returns>
    public static List<DirectoryEntry>? ReadAll(int descriptor, int max)
    {
        var entries = new List<DirectoryEntry>();
        var buffer = new byte[32 * 1024];
        fixed (byte* start = buffer)
        {
            nint filled;
            while ((filled = SystemCall.GetDirectoryEntries.Invoke(descriptor, (nint)start, buffer.Length)) > 0 && entries.Count <= max)
            {
                for (var records = buffer.AsSpan(0, (int)filled); records.Length > NameOffset; records = Next(records))
                {
                    if (!IsDots(records)) entries.Add(new(ByteText.Read(NameOf(records)), records[TypeOffset] is Folder or Unknown));
                }
            }

            return filled < 0 ? null : entries;
        }
    }

    // struct linux_dirent64: inode (8), offset (8), length of this record (2), type (1), name up to a NUL.
    private static long CountIn(Span<byte> records)
    {
        var count = 0L;
        for (; records.Length > NameOffset; records = Next(records))
        {
            if (!IsDots(records)) count++;
        }

        return count;
    }

    private static Span<byte> Next(Span<byte> records) => records[BinaryPrimitives.ReadUInt16LittleEndian(records[LengthOffset..])..];

    private static bool IsDots(ReadOnlySpan<byte> record) => record[NameOffset..] is var name && (name.StartsWith(".\0"u8) || name.StartsWith("..\0"u8));

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> record) => record[NameOffset..] is var name ? name[..name.IndexOf((byte)0)] : default;
}
