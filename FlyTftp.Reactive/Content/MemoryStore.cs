using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content;

/// <summary>A store that answers at once from a dictionary of <see cref="SafePath.Value"/>s: for replay, simulation and tests.</summary>
public sealed class MemoryStore(IReadOnlyDictionary<string, byte[]> files) : IContentStore
{
    public ValueTask<OpenResult> OpenAsync(SafePath path) => new(
        files.TryGetValue(path.Value, out var bytes)
            ? OpenResult.Opened(new MemoryContent(bytes))
            : OpenResult.Refused(Refusal.NotFound));
}
