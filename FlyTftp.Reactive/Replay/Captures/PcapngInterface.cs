namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>An Interface Description Block: what the packets of one interface are (draft-ietf-opsawg-pcapng §4.2).</summary>
/// <param name="SnapLength">Bytes; 0 is no bound.</param>
internal readonly record struct PcapngInterface(int LinkType, uint SnapLength, Timescale Timescale)
{
    private const int MinLength = 8;
    /// <summary>The code of if_tsresol.</summary>
    public const ushort Resolution = 9;

    private const ushort EndOfOptions = 0, Offset = 14;

    /// <param name="body">The block's body.</param>
    /// <returns>What was expected instead; <c>null</c> if all is well.</returns>
    public static string? Parse(ReadOnlySpan<byte> body, ByteOrder order, out PcapngInterface found)
    {
        found = default;
        if (body.Length < MinLength) return $"an interface description of at least {MinLength} bytes, found {body.Length}";
        var resolution = Timescale.DefaultResolution;
        var offsetSeconds = 0L;
        var options = body[MinLength..];
        while (!options.IsEmpty)
        {
            if (!TryReadOption(ref options, order, out var code, out var value)) return "an option that ends within its block";
            if (code == EndOfOptions) break;
            if (code == Resolution)
            {
                if (value.Length != 1) return $"an if_tsresol of 1 byte, found {value.Length}";
                resolution = value[0];
            }
            else if (code == Offset)
            {
                if (value.Length != 8) return $"an if_tsoffset of 8 bytes, found {value.Length}";
                offsetSeconds = order.Int64(value);
            }
        }

        found = new PcapngInterface(order.UInt16(body), order.UInt32(body[4..]), Timescale.Of(resolution, offsetSeconds));
        return null;
    }

    /// <summary>Takes one option off the front of a list (§3.5): code, length, value padded to 4.</summary>
    internal static bool TryReadOption(
        ref ReadOnlySpan<byte> options, ByteOrder order, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = 0;
        value = default;
        if (options.Length < 4) return false;
        code = order.UInt16(options);
        var length = order.UInt16(options[2..]);
        var padded = 4 + (length + 3 & ~3);
        if (options.Length < padded) return false;
        value = options.Slice(4, length);
        options = options[padded..];
        return true;
    }
}
