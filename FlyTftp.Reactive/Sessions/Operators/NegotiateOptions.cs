using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>Grants what the client asked for and the limits allow (RFC 2347); see <see cref="Negotiation"/>.</summary>
    public static IObservable<Admission> NegotiateOptions(this IObservable<Admission> admissions, SessionLimits limits) =>
        admissions.Select(admission =>
        {
            if (!admission.IsStanding) return admission;
            try
            {
                var (parameters, granted) = Negotiation.Grant(
                    admission.Request.Options, limits.NegotiationFor(admission.Peer.Flow), admission.Content!.Length);
                return admission with { Parameters = parameters, Granted = granted };
            }
            catch
            {
                // The step that would close it will never see it.
                admission.Content!.Dispose();
                throw;
            }
        });
}
