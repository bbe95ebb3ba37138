using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>Unpacks captures that people send compressed.</summary>
internal static class Unpacker
{
    /// <summary>Bytes. A few kilobytes can be packed that unpack to more than any disk holds.</summary>
    public const long MaxLength = 16L << 30;

    /// <summary>What a stream is compressed by, of what can be unpacked here; it stands at its beginning again.</summary>
    public static string? NameOf(Stream stream)
    {
        Span<byte> magic = stackalloc byte[4];
        var count = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return count == magic.Length && Compression.Of(BinaryPrimitives.ReadUInt32BigEndian(magic)) is (Compression.Gzip or Compression.Zstd) and var name ? name : null;
    }

    /// <param name="packed">At its beginning.</param>
    /// <param name="name">What it is compressed by.</param>
    /// <returns>Why it could not be unpacked to its end, one line; <c>null</c>: it was.</returns>
    public static string? Unpack(Stream packed, string name, Stream unpacked)
    {
        var length = 0L;
        try
        {
            if (name == Compression.Zstd) new ZstdReader(packed, Write).Unpack();
            else new GzipReader(packed, Write).Unpack();
            return null;
        }
        catch (InvalidDataException)
        {
            return length > MaxLength ? $"it unpacks to more than {MaxLength} bytes" : $"the {name} data is damaged or cut off after {length} unpacked bytes";
        }

        void Write(ReadOnlySpan<byte> bytes)
        {
            Damage.If((length += bytes.Length) > MaxLength);
            unpacked.Write(bytes);
        }
    }
}
