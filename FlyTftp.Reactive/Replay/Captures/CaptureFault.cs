namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>Why a capture could not be read on. Every packet before it was delivered.</summary>
/// <param name="Offset">Bytes from the beginning of the file to the header, record or block that is wrong.</param>
/// <param name="Expected">What should have stood there, and what does. One line, no bytes of the file in it.</param>
/// <param name="IsCutOff">
/// Nothing is wrong but that the file ends inside a record or block, as that of a writer that was killed does.
/// </param>
internal sealed record CaptureFault(long Offset, string Expected, bool IsCutOff = false)
{
    public override string ToString() => $"at byte {Offset}: expected {Expected}";
}
