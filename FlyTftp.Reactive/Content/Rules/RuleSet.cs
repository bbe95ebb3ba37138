using System.Text.RegularExpressions;

namespace FlyTftp.Reactive.Content.Rules;

/// <summary>
/// The rules of one file, in order. What they make of a name is a name like any other: it still has to pass the filters. Used from any thread.
/// </summary>
public sealed class RuleSet
{
    /// <summary>Rules looked at for one name, with all repeats; and characters a name may grow to.</summary>
    public const int MaxSteps = 1024, MaxNameLength = 2048;

    private readonly IReadOnlyList<Rule> _rules;

    internal RuleSet(IReadOnlyList<Rule> rules) => _rules = rules;

    /// <summary>Every name stays as it is.</summary>
    public static RuleSet None { get; } = new([]);

    public int Count => _rules.Count;

    /// <param name="name">As the client wrote it; its backslashes are slashes to the rules.</param>
    /// <param name="onStep">Told every rule that is looked at, for people.</param>
    public RuleResult Apply(string name, in RuleClient client, Action<RuleStep>? onStep = null)
    {
        if (_rules.Count == 0) return new(name, null);

        var current = name.Replace('\\', '/');
        var steps = 0;
        for (var index = 0; index < _rules.Count; index++)
        {
            var rule = _rules[index];
            if (!rule.IsFor(client)) continue;

            var hasMatched = false;
            do
            {
                if (++steps > MaxSteps) return Refused(rule, $"the rules did not come to an end within {MaxSteps} steps", onStep);
                if (!TryMatch(rule, current, out var match)) return Refused(rule, "took too long", onStep);
                if (match.Success == rule.Is(RuleFlags.Inverse)) break;

                hasMatched = true;
                if (rule.Is(RuleFlags.Abort)) return Refused(rule, "refuses it", onStep);
                if (!rule.Is(RuleFlags.Replace)) break;
                current = rule.Replacement.Apply(current, match, client);
                if (current.Length > MaxNameLength) return Refused(rule, "makes it too long", onStep);
            }
            while (rule.Is(RuleFlags.Global));

            onStep?.Invoke(new(rule.Line, rule.Text, hasMatched, hasMatched ? current : null, null));
            if (!hasMatched) continue;
            if (rule.Is(RuleFlags.End)) break;
            if (rule.Is(RuleFlags.Start)) index = -1;
        }

        return new(current, null);
    }

    /// <returns><c>false</c>: the time limit has passed that the program sets for every expression.</returns>
    private static bool TryMatch(Rule rule, string name, out Match match)
    {
        try
        {
            match = rule.Pattern.Match(name);
            return true;
        }
        catch (RegexMatchTimeoutException)
        {
            match = Match.Empty;
            return false;
        }
    }

    private static RuleResult Refused(Rule rule, string why, Action<RuleStep>? onStep)
    {
        onStep?.Invoke(new(rule.Line, rule.Text, true, null, why));
        return new(null, $"rule in line {rule.Line}: {why}");
    }
}

/// <summary>One of the two is there.</summary>
/// <param name="Name">What the name has become.</param>
/// <param name="Refusal">One clause for the log: which rule, and why.</param>
public readonly record struct RuleResult(string? Name, string? Refusal);

/// <summary>One rule that was looked at.</summary>
/// <param name="Name">What the name is after it; <c>null</c>: unchanged, or refused.</param>
public sealed record RuleStep(int Line, string Rule, bool HasMatched, string? Name, string? Refusal);
