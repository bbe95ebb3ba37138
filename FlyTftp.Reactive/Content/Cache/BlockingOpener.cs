using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content.Cache;

/// <summary>Waits for the disk wherever it has to: for virtual clocks, on which everything is answered at once and a worker is never needed.</summary>
internal sealed class BlockingOpener(IFileOpener opener) : IFileOpener
{
    /// <summary>A directory on a virtual clock.</summary>
    public static DirectoryStore StoreOver(IFileOpener opener) =>
        new(new BlockingOpener(opener), new ContentCache(), new NoWorker(), static action => action());

    public bool IsRootThere => opener.IsRootThere;

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        var opening = opener.Open(path, mayBlock: true);
        return opening.File is { } file ? FileOpening.Opened(new BlockingFile(file)) : opening;
    }

    public DirectoryListing? List(SafePath? folder) => opener.List(folder);

    public FileIdentity? Identify(SafePath? folder) => opener.Identify(folder);

    public void Dispose() => opener.Dispose();

    private sealed class BlockingFile(IOpenFile file) : IOpenFile
    {
        public FileIdentity Identity => file.Identity;

        public FileIdentity? IdentifyAgain(bool mayBlock) => file.IdentifyAgain(mayBlock: true);

        public FileRead Read(long offset, Span<byte> destination, bool mayBlock) => file.Read(offset, destination, mayBlock: true);

        public void Dispose() => file.Dispose();
    }

    private sealed class NoWorker : IContentWorker
    {
        public void Post(Action job) => job();
    }
}
