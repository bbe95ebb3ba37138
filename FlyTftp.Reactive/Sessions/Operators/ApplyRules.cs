using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Rules;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// The rules: a name becomes what they make of it, or is refused with ERROR 2. What comes out is as unproven as what came in: the filters after
    /// this one judge it.
    /// <code>
    /// admissions  --"\Boot\BCD"---------
    /// out         --"boot/bcd"----------
    /// </code>
    /// </summary>
    public static IObservable<Admission> ApplyRules(this IObservable<Admission> admissions, RuleSet rules) =>
        rules.Count == 0 ? admissions : admissions.Select(admission => admission.IsStanding ? Rewrite(admission, rules) : admission);

    private static Admission Rewrite(Admission admission, RuleSet rules)
    {
        var client = admission.Peer.Flow.Remote;
        return rules.Apply(admission.Name, new RuleClient(client.Address.ToString(), client.ToHexadecimal(), client.IsIPv4)) switch
        {
            { Name: { } name } => admission with { Name = name },
            var refused => admission.Refuse(Refusal.Rule with { Detail = refused.Refusal }),
        };
    }
}
