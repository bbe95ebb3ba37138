namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// The 16-bit number a DATA or ACK packet carries. A file's blocks are counted from 1 in a <see cref="long"/> (the block's
/// <em>index</em>); only the low 16 bits travel, and after 65535 comes 0, as every client that survives large files expects.
/// </summary>
public readonly record struct BlockNumber(ushort Value)
{
    private const int Period = 1 << 16;

    /// <summary>The number that stands on the wire for the block with this index (0 is the OACK's own "block").</summary>
    public static BlockNumber Of(long index) => new(unchecked((ushort)index));

    /// <summary>
    /// The index this number stands for: the largest one not above <paramref name="last"/>, the last block sent. Negative
    /// when nothing that was sent bears this number, as with an ACK from the future at the start of a transfer.
    /// </summary>
    public long IndexAtOrBelow(long last) => last - ((last - Value) & (Period - 1));

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
