namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// A regular file that was opened for reading, whatever becomes of its name. May be read from several threads at a time; disposed
/// once, when no read is under way.
/// </summary>
internal interface IOpenFile : IDisposable
{
    /// <summary>As it was when it was opened.</summary>
    FileIdentity Identity { get; }

    /// <summary>As it is now; <c>null</c> if that cannot be told.</summary>
    FileIdentity? IdentifyAgain(bool mayBlock);

    /// <param name="mayBlock"><c>false</c>: give what is in memory, or <see cref="FileRead.WouldBlock"/>.</param>
    FileRead Read(long offset, Span<byte> destination, bool mayBlock);
}

/// <summary>What one read gave.</summary>
/// <param name="Count">Bytes, 0 at the end of the file; negative: none, see the constants.</param>
internal readonly record struct FileRead(int Count)
{
    public static readonly FileRead WouldBlock = new(-1), Failed = new(-2);
}
