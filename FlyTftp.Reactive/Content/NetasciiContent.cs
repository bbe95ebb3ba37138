namespace FlyTftp.Reactive.Content;

public sealed class NetasciiContent(IContent content) : IContent
{
    public long? Length => content.Length;
    public ValueTask<LoadResult> LoadAsync(long offset, int count) => content.LoadAsync(offset, count);
    public int CopyTo(long offset, Span<byte> destination) => content.CopyTo(offset, destination);
    public void Dispose() => content.Dispose();
}
