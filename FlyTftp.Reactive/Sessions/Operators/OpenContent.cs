using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Opens the file: the admission gets its content, or ERROR 1 or 0. Where the store has to wait for a disk, the admission waits, and
    /// goes away (<see cref="Admission.Withdrawal"/>) when the client does.
    /// <code>
    /// admissions  --a-------------|        --a--------|
    /// store       --:-----content          --:-----------content (disposed)
    /// client      --:-------------         --:--ERROR----
    /// out         --------a'|              -----(withdrawn|)
    /// </code>
    /// </summary>
    public static IObservable<Admission> OpenContent(this IObservable<Admission> admissions, IContentStore store) =>
        admissions.SelectMany(admission => admission.IsStanding ? Open(admission, store) : Observable.Return(admission));

    private static IObservable<Admission> Open(Admission admission, IContentStore store)
    {
        var opening = store.OpenAsync(admission.Path!);
        return opening.IsCompletedSuccessfully
            ? Observable.Return(With(admission, opening.Result))
            : Await(admission, opening.AsTask());
    }

    private static IObservable<Admission> Await(Admission admission, Task<OpenResult> opening)
    {
        var isTaken = false;
        var opened = opening.OnCompletingThread().Do(_ => isTaken = true).Select(result => With(admission, result));
        var withdrawn = admission.Replies
            .Where(static packet => packet.Kind is PacketKind.Error or PacketKind.Unreachable or PacketKind.Superseded)
            .Select(packet => admission with { Withdrawal = packet });
        return opened.Merge(withdrawn).Take(1).Finally(() =>
        {
            if (!isTaken) _ = DisposeWhenOpened(opening);
        });
    }

    private static async Task DisposeWhenOpened(Task<OpenResult> opening) => (await opening).Content?.Dispose();

    private static Admission With(Admission admission, OpenResult result) =>
        result.Refusal is { } refusal ? admission.Refuse(refusal)
        : admission with { Content = Encode(result.Content!, admission.Request.TransferMode) };

    private static IContent Encode(IContent content, TransferMode mode) =>
        mode == TransferMode.Netascii ? new NetasciiContent(content) : content;
}
