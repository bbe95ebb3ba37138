using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Templates;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Opens the file, or the first of its alternatives that is there: the admission gets its content, or ERROR 1 or 2. Where the store has to wait for a disk, the admission waits, and
    /// goes away (<see cref="Admission.Withdrawal"/>) when the client does. A disk that hangs ends it with ERROR 0 (<see cref="Admission.Fault"/>).
    /// <code>
    /// admissions  --a-------------|        --a--------|                            --a-----------|
    /// store       --:-----content          --:-----------content (disposed)        --:----------------content (disposed)
    /// client      --:-------------         --:--ERROR----                          --:------------
    /// out         --------a'|              -----(withdrawn|)                       --------------(fault|)
    ///                                                                                |-LoadingMax-|
    /// </code>
    /// </summary>
    /// <param name="templates">Come before files of the same name, and are there at once.</param>
    public static IObservable<Admission> OpenContent(
        this IObservable<Admission> admissions, IContentStore store, TemplateSet templates, SessionLimits limits, IScheduler scheduler) =>
        admissions.SelectMany(admission => admission.IsStanding ? Open(admission, store, templates, limits, scheduler) : Observable.Return(admission));

    private static IObservable<Admission> Open(
        Admission admission, IContentStore store, TemplateSet templates, SessionLimits limits, IScheduler scheduler)
    {
        var opening = OpenFirst(admission, store, templates);
        return opening.IsCompletedSuccessfully
            ? Observable.Return(With(admission, opening.Result))
            : Await(admission, opening.AsTask(), limits.LoadingMax, scheduler);
    }

    // Goes on where the store completes, which is on the pipeline's scheduler.
    private static async ValueTask<Found> OpenFirst(Admission admission, IContentStore store, TemplateSet templates)
    {
        var found = new Found(admission.Path!, await OpenOne(admission.Path!));
        for (var next = 0; found.Result.IsNotFound && next < admission.Alternatives.Count; next++)
            found = new Found(admission.Alternatives[next], await OpenOne(admission.Alternatives[next]));
        return found;

        ValueTask<OpenResult> OpenOne(SafePath path) =>
            templates.Count > 0 && templates.Open(path, TemplateRequestOf(admission)) is { } filled ? new(filled) : store.OpenAsync(path);
    }

    private static TemplateRequest TemplateRequestOf(Admission admission)
    {
        var (client, server) = (admission.Peer.Flow.Remote, admission.Peer.Flow.Local);
        return new TemplateRequest(
            client.Address.ToString(), client.ToHexadecimal(), client.Port.ToString(CultureInfo.InvariantCulture), server.Address.ToString(),
            admission.Request.FileName.Replace('\\', '/'));
    }

    private static IObservable<Admission> Await(Admission admission, Task<Found> opening, TimeSpan longest, IScheduler scheduler)
    {
        var isTaken = false;
        var opened = opening.OnCompletingThread().Do(_ => isTaken = true).Select(result => With(admission, result));
        var withdrawn = admission.Replies
            .Where(static packet => packet.Kind is PacketKind.Error or PacketKind.Unreachable or PacketKind.Superseded)
            .Select(packet => admission with { Withdrawal = packet });
        var fault = Observable.Return(admission with { Fault = SendState.DiskSilence });
        return opened.Merge(withdrawn).Timeout(longest, fault, scheduler).Take(1).Finally(() =>
        {
            if (!isTaken) _ = DisposeWhenOpened(opening);
        });
    }

    private static async Task DisposeWhenOpened(Task<Found> opening) => (await opening).Result.Content?.Dispose();

    private static Admission With(Admission admission, Found found) =>
        found.Result.Content is { } content ? admission with { Path = found.Path, Content = Encode(content, admission.Request.TransferMode) }
        : found.Result.IsNotFound && found.Path.HasControls ? admission.Refuse(Refusal.UnsafePath with { Detail = "control characters in it" })
        : admission.Refuse(found.Result.Refusal!);

    private static IContent Encode(IContent content, TransferMode mode) =>
        mode == TransferMode.Netascii ? new NetasciiContent(content) : content;

    private sealed class Found(SafePath path, OpenResult result)
    {
        public SafePath Path => path;

        public OpenResult Result => result;
    }
}
