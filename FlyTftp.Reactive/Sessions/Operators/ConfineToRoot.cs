using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The path-safety filter: the name becomes a <see cref="SafePath"/> or is refused with ERROR 2. Where a policy allows a name to mean several
    /// files, the rest follow as <see cref="Admission.Alternatives"/>: the client's own folder comes first, and a name that begins with the
    /// root's own path means what is beneath that path, unless the root holds such a path itself. The file system has not been asked anything until here.
    /// </summary>
    public static IObservable<Admission> ConfineToRoot(this IObservable<Admission> admissions, NamePolicy policy) =>
        admissions.Select(admission => admission.IsStanding ? Confine(admission, policy) : admission);

    private static Admission Confine(Admission admission, NamePolicy policy)
    {
        SafePath.TryParse(admission.Name, policy.Flat, policy.Hidden, out var asked, out var why);
        SafePath? beneath = null;
        if (policy.Root.Beneath(admission.Name.Replace('\\', '/')) is { Length: > 0 } rest)
            SafePath.TryParse(rest, policy.Flat, policy.Hidden, out beneath, out _);

        if ((asked ?? beneath) is not { } path) return admission.Refuse(Refusal.UnsafePath with { Detail = why });
        if (!policy.PerClient && (beneath is null || beneath == path)) return admission with { Path = path };

        var folder = policy.PerClient ? admission.Peer.Flow.Remote.Address.ToString() : null;
        SafePath?[] all = [folder is null ? null : path.Under(folder), folder is null ? null : beneath?.Under(folder), path, beneath];
        SafePath[] different = [.. all.OfType<SafePath>().Distinct()];
        return admission with { Path = different[0], Alternatives = different[1..] };
    }
}
