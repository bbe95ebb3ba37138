using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The path-safety filter: the name becomes a <see cref="SafePath"/> or is refused with ERROR 2. The file system has not been asked
    /// anything until here.
    /// </summary>
    /// <param name="flat">Only the last segment of the name counts.</param>
    public static IObservable<Admission> ConfineToRoot(this IObservable<Admission> admissions, bool flat) =>
        admissions.Select(admission =>
            !admission.IsStanding ? admission
            : SafePath.TryParse(admission.Request.FileName, flat, out var path) ? admission with { Path = path }
            : admission.Refuse(Refusal.UnsafePath));
}
