namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// An open file and how many use it: its content, and every read that is under way. The last one to leave closes it, so that a session
/// may end at any moment. Counted on the loop only.
/// </summary>
internal sealed class SharedFile(IOpenFile file, IContentWorker worker)
{
    private int _references = 1;

    public IOpenFile File => file;

    public FileIdentity Identity { get; } = file.Identity;

    public void AddReference() => _references++;

    public void Release()
    {
        if (--_references > 0) return;

        // To close the last handle of a large file that was deleted meanwhile is to free its blocks: that may take its time.
        if (Identity.Length > DirectoryStore.SmallFileMax) worker.Post(file.Dispose);
        else file.Dispose();
    }
}
