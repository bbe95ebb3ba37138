namespace FlyTftp.Reactive.Replay;

/// <summary>ACKs that are not in the capture and must have been there: the client has said the first, then one after each so many blocks.</summary>
/// <param name="First">The block's index.</param>
internal readonly record struct InferredAcks(long First, long Step, long Count)
{
    public long Last => First + (Count - 1) * Step;

    /// <summary>
    /// What was acknowledged before a block was sent, if windows are sent whole: the ends of all windows before that block's.
    /// </summary>
    /// <param name="acknowledged">The last ACK seen; −1: none, and there is an OACK to acknowledge.</param>
    /// <param name="block">The index of a block that was sent for the first time.</param>
    /// <param name="window">Blocks.</param>
    public static InferredAcks Before(long block, long acknowledged, long window)
    {
        // The OACK is block 0 and a window of its own.
        var first = acknowledged < 0 ? 0 : acknowledged + window;
        return first >= block ? default : new InferredAcks(first, window, (block - 1 - first) / window + 1);
    }
}
