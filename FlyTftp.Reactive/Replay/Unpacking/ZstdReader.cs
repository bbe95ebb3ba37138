using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>Unpacks zstd (RFC 8878): frames one after the other, without dictionaries. Checksums are passed over.</summary>
/// <param name="packed">Read to its end.</param>
/// <param name="write">Given what is unpacked, in order.</param>
internal sealed class ZstdReader(Stream packed, Action<ReadOnlySpan<byte>> write)
{
    /// <summary>Bytes that a frame may refer back by, as zstd itself allows without being asked.</summary>
    public const long MaxWindow = 128 << 20;

    private const uint Magic = 0xFD2F_B528, Skippable = 0x184D_2A50;
    private const int MaxBlock = 128 * 1024;

    private readonly byte[] _block = new byte[MaxBlock];
    private ZstdBlock _decoder = new(0);

    public void Unpack()
    {
        Span<byte> magic = stackalloc byte[4];
        while (packed.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) is not 0 and var count)
        {
            Damage.If(count < magic.Length);
            var number = BinaryPrimitives.ReadUInt32LittleEndian(magic);
            if ((number & ~15u) == Skippable) Skip(Number(4));
            else if (number == Magic) Frame();
            else Damage.If(true);
        }
    }

    /// <summary>§3.1.1.</summary>
    private void Frame()
    {
        var descriptor = Number(1);
        var isSingle = (descriptor & 0x20) != 0;
        var window = 0L;
        if (!isSingle)
        {
            var exponent = Number(1);
            window = 1L << (10 + (int)(exponent >> 3));
            window += window / 8 * (exponent & 7);
        }

        // A dictionary is not at hand.
        Damage.If(Number((int)(descriptor & 3) switch { 3 => 4, var size => size }) != 0);
        var content = Number((int)(descriptor >> 6) switch { 0 => isSingle ? 1 : 0, 1 => 2, 2 => 4, _ => 8 });
        if (isSingle) window = (descriptor >> 6) == 1 ? content + 256 : content;
        Damage.If(window is < 0 or > MaxWindow);
        _decoder = new ZstdBlock((int)window);
        while (!Block())
        {
        }

        if ((descriptor & 4) != 0) Skip(4);
    }

    /// <summary>§3.1.1.2.</summary>
    /// <returns>It was the last.</returns>
    private bool Block()
    {
        var header = (int)Number(3);
        var (kind, size) = (header >> 1 & 3, header >> 3);
        Damage.If(size > MaxBlock || kind == 3);
        var stored = _block.AsSpan(0, kind == 1 ? 1 : size);
        Damage.If(packed.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) < stored.Length);
        write(kind switch
        {
            0 => _decoder.Raw(stored),
            1 => _decoder.Repeat(stored[0], size),
            _ => _decoder.Compressed(stored),
        });
        return (header & 1) != 0;
    }

    private long Number(int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        Damage.If(packed.ReadAtLeast(bytes[..size], size, throwOnEndOfStream: false) < size);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private void Skip(long count)
    {
        for (; count > 0;)
        {
            var read = packed.Read(_block, 0, (int)Math.Min(count, _block.Length));
            Damage.If(read == 0);
            count -= read;
        }
    }
}
