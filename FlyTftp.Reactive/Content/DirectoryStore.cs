using FlyTftp.Reactive.Content.Cache;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content;

/// <summary>
/// The files beneath one directory. One per loop, used on its thread only; the opener and the worker may be shared by all.
/// What the operating system has in memory is answered at once, the rest by the worker. A file is opened afresh for every transfer, so
/// that a replaced one is seen, and its bytes are cached by its identity.
/// </summary>
/// <param name="post">Runs an action on the loop, soon and in order; called from the worker's threads.</param>
internal sealed class DirectoryStore(IFileOpener opener, ContentCache cache, IContentWorker worker, Action<Action> post) : IContentStore
{
    /// <summary>Bytes; no larger file is taken whole into memory when it is opened.</summary>
    public const int SmallFileMax = 1 << 20;

    /// <summary>Files that may wait at a time to be opened by the worker; further ones are <see cref="Refusal.Busy"/>.</summary>
    public const int OpeningsMax = 4096;

    private static readonly Refusal TooMany = Refusal.Busy with { Detail = "too many files wait for the disk" };

    private readonly ChunkLoader _loader = new(cache, worker, post);
    private int _openings;

    public ValueTask<OpenResult> OpenAsync(SafePath path)
    {
        var opening = opener.Open(path, mayBlock: false);
        return opening.IsOpenOrRefused ? TakeAsync(opening) : OpenLaterAsync(path);
    }

    private async ValueTask<OpenResult> OpenLaterAsync(SafePath path)
    {
        if (_openings == OpeningsMax) return OpenResult.Refused(TooMany);

        _openings++;
        // Without RunContinuationsAsynchronously: the rest runs inside the post, on the loop.
        var opened = new TaskCompletionSource<FileOpening>();
        worker.Post(() =>
        {
            var opening = opener.Open(path, mayBlock: true);
            post(() => opened.SetResult(opening));
        });
        var result = await opened.Task;
        _openings--;
        return await TakeAsync(result);
    }

    private ValueTask<OpenResult> TakeAsync(FileOpening opening)
    {
        if (opening.File is not { } file) return new(OpenResult.Refused(opening.Refusal ?? Refusal.Unreadable));

        var content = new FileContent(new SharedFile(file, worker), _loader);
        if (file.Identity.Length > SmallFileMax) return new(OpenResult.Opened(content));

        var load = content.LoadWholeAsync();
        return load.IsCompletedSuccessfully ? new(Result(load.Result)) : FinishAsync();

        async ValueTask<OpenResult> FinishAsync() => Result(await load);

        OpenResult Result(string? failure)
        {
            if (failure is null) return OpenResult.Opened(content);

            content.Dispose();
            return OpenResult.Refused(Refusal.Unreadable with { Detail = failure });
        }
    }
}
