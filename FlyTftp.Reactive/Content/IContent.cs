namespace FlyTftp.Reactive.Content;

/// <summary>
/// The bytes of one opened file as one transfer sees them. They do not change while it is open, or the next load says that they have.
/// Used on one thread; disposed exactly once, by the session.
/// </summary>
public interface IContent : IDisposable
{
    /// <summary>Bytes in all, as they will be sent; <c>null</c> where only reading to the end would tell (netascii).</summary>
    long? Length { get; }

    /// <summary>Contents of one name and of the same version hold the same bytes, but for a chance of 2⁻³².</summary>
    int Version => 0;

    /// <summary>
    /// Brings bytes <paramref name="offset"/> to <c>offset + count</c> into memory, so that <see cref="CopyTo"/> can give them until
    /// the next call. Completes at once if they are there; otherwise later, on the pipeline's scheduler. Never faults.
    /// At most one load is under way at a time. A transfer never asks for bytes before those it has asked for last.
    /// </summary>
    ValueTask<LoadResult> LoadAsync(long offset, int count);

    /// <summary>Copies bytes that the last load brought.</summary>
    /// <returns>Bytes copied: fewer than asked only where the content ends.</returns>
    int CopyTo(long offset, Span<byte> destination);
}

/// <summary>What a load brought.</summary>
/// <param name="Available">Bytes from the offset on, at most the count asked; fewer where the content ends.</param>
/// <param name="Failure"><c>null</c>, or why the transfer cannot go on: truncated, changed, unreadable. A constant text.</param>
public readonly record struct LoadResult(int Available, string? Failure)
{
    public static LoadResult Of(int available) => new(available, null);

    public static LoadResult Failed(string failure) => new(0, failure);
}
