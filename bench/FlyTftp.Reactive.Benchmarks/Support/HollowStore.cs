using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Benchmarks.Support;

/// <summary>Answers every name at once with content of one length, whose bytes nobody looks at.</summary>
internal sealed class HollowStore(long length) : IContentStore
{
    public ValueTask<OpenResult> OpenAsync(SafePath path) => new(OpenResult.Opened(Open()));

    /// <summary>The same without a name to ask by.</summary>
    public IContent Open() => new HollowContent(length);

    private sealed class HollowContent(long length) : IContent
    {
        public long? Length => length;

        public ValueTask<LoadResult> LoadAsync(long offset, int count) => new(LoadResult.Of((int)Math.Clamp(length - offset, 0, count)));

        public int CopyTo(long offset, Span<byte> destination) => (int)Math.Clamp(length - offset, 0, destination.Length);

        public void Dispose()
        {
        }
    }
}
