using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Plans;

namespace FlyTftp.Reactive.Replay;

/// <summary>Files for a replay: from a folder if one is named, else, and where the folder lacks one, what the recorded server sent.</summary>
/// <param name="root">Answers at once; <c>null</c>: no folder.</param>
internal sealed class ReplayStore(IContentStore? root, CaptureFile capture) : IContentStore
{
    /// <summary>The session whose request is being delivered: each gets back what it was sent.</summary>
    public SessionPlan? Current { get; set; }

    public ValueTask<OpenResult> OpenAsync(SafePath path)
    {
        if (root is not null)
        {
            var opening = root.OpenAsync(path);
            if (!opening.IsCompletedSuccessfully) throw new InvalidOperationException("On a virtual clock a store has to answer at once.");
            if (opening.Result is { Refusal: not { Reason: RefusalReason.NotFound } } or { Content: not null }) return opening;
        }

        return new(Current is { } plan ? OpenResult.Opened(new RecordedContent(plan, capture)) : OpenResult.Refused(Refusal.NotFound));
    }
}
