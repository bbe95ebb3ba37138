namespace FlyTftp.Reactive.Content;

/// <summary>Content that is in memory from the start.</summary>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : IContent
{
    public long? Length => bytes.Length;

    public ValueTask<LoadResult> LoadAsync(long offset, int count) =>
        new(LoadResult.Of((int)Math.Clamp(bytes.Length - offset, 0, count)));

    public int CopyTo(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
        bytes.Span.Slice((int)Math.Min(offset, bytes.Length), count).CopyTo(destination);
        return count;
    }

    public void Dispose()
    {
    }
}
