using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content;

/// <summary>Where content comes from: a directory, a packet capture, a test's dictionary.</summary>
public interface IContentStore
{
    /// <summary>
    /// Opens a file for one transfer. Completes at once when nothing has to be waited for; otherwise later, <em>on the pipeline's
    /// scheduler</em>, so that whoever awaits it stays on the loop. Never throws and never faults: what can go wrong is a refusal.
    /// An open cannot be called off: whoever awaits it owns the content, and disposes it also if its session has ended meanwhile.
    /// </summary>
    ValueTask<OpenResult> OpenAsync(SafePath path);
}

/// <summary>Exactly one of the two is there.</summary>
public readonly record struct OpenResult(IContent? Content, Refusal? Refusal)
{
    public bool IsNotFound => Refusal is { Reason: RefusalReason.NotFound };

    public static OpenResult Opened(IContent content) => new(content, null);

    public static OpenResult Refused(Refusal refusal) => new(null, refusal);
}
