using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Grants what the client asked for, the limits allow (RFC 2347) and the path lets through; see <see cref="Negotiation"/> and
    /// <see cref="PathBlockSizes"/>.
    /// </summary>
    public static IObservable<Admission> NegotiateOptions(
        this IObservable<Admission> admissions, SessionLimits limits, PathBlockSizes sizes, IScheduler scheduler) =>
        admissions.Select(admission =>
        {
            if (!admission.IsStanding) return admission;
            try
            {
                var allowed = limits.NegotiationFor(admission.Peer.Flow);
                // What was offered stands.
                if (admission.HalfOpen is { } halfOpen) return Grant(admission, allowed with { BlockSizeMax = halfOpen.BlockSize });
                var passing = sizes.LimitFor(admission.Peer.Flow.Remote, admission.Request.FileName, scheduler.Now);
                var asIs = Grant(admission, allowed);
                return passing >= asIs.Parameters.BlockSize ? asIs : Grant(admission, allowed with { BlockSizeMax = passing }) with
                {
                    LoweredFrom = sizes.IsNews(admission.Peer.Flow.Remote) ? asIs.Parameters.BlockSize : 0,
                };
            }
            catch
            {
                // The step that would close it will never see it.
                admission.Content!.Dispose();
                throw;
            }
        });

    private static Admission Grant(Admission admission, NegotiationLimits limits)
    {
        var (parameters, granted) = Negotiation.Grant(admission.Request.Options, limits, admission.Content!.Length);
        return admission with { Parameters = parameters, Granted = granted };
    }
}
