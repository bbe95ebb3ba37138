using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>The extension filter: a name outside <paramref name="extensions"/> is refused with ERROR 2, whether such a file exists or not.</summary>
    public static IObservable<Admission> AllowExtensions(this IObservable<Admission> admissions, ExtensionSet extensions) =>
        admissions.Select(admission => !admission.IsStanding || extensions.Allows(admission.Name)
            ? admission
            : admission.Refuse(Refusal.Extension with { Detail = extensions.WhyNot(admission.Name) }));
}
