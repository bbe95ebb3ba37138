namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>The blocks that are in flight. "Index" is a block's number without rollover; the OACK counts as block 0.</summary>
/// <param name="First">The first one's index.</param>
/// <param name="Count">0: nothing is in flight.</param>
/// <param name="LastLength">Bytes of payload in the last.</param>
/// <param name="IsFinal">The last is the file's last.</param>
internal readonly record struct Window(long First, int Count, int LastLength, bool IsFinal)
{
    public static Window Offer => new(0, 1, 0, IsFinal: false);

    public long Last => First + Count - 1;

    public static Window NothingAfter(long index) => new(index + 1, 0, 0, IsFinal: false);

    /// <summary>The window after <paramref name="acknowledged"/>, of what a load of a whole one has brought.</summary>
    /// <param name="available">Bytes.</param>
    public static Window After(long acknowledged, int blocks, int blockSize, int available) => available < blocks * blockSize
        // A window that is not full holds the final block, which is the one that is not full, be it empty (RFC 1350 §6).
        ? new(acknowledged + 1, available / blockSize + 1, available % blockSize, IsFinal: true)
        : new(acknowledged + 1, blocks, blockSize, IsFinal: false);
}
