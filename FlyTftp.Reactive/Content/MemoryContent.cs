namespace FlyTftp.Reactive.Content;

/// <summary>Content that is in memory from the start.</summary>
public sealed class MemoryContent(ReadOnlyMemory<byte> octets) : IContent
{
    public long? Length => octets.Length;

    public ValueTask<LoadResult> LoadAsync(long offset, int count) =>
        new(LoadResult.Of((int)Math.Clamp(octets.Length - offset, 0, count)));

    public int CopyTo(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(octets.Length - offset, 0, destination.Length);
        octets.Span.Slice((int)Math.Min(offset, octets.Length), count).CopyTo(destination);
        return count;
    }

    public void Dispose()
    {
    }
}
