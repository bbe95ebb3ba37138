namespace FlyTftp.Reactive.Cli;

/// <summary>What was written on a command line for one command, as text: whoever carries it out knows what is allowed.</summary>
public sealed class GivenArguments
{
    /// <summary>The value of a switch that stands alone.</summary>
    public const string On = "true";

    private readonly Dictionary<string, List<string>> _values = [];

    /// <summary>What stands there without an option's name.</summary>
    public string? Argument => Arguments.Count > 0 ? Arguments[0] : null;

    /// <summary>All that stands there without an option's name, in order.</summary>
    public List<string> Arguments { get; } = [];

    /// <summary>The names of the options that were given.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>An option's values in the order in which they were written; empty when it was not given.</summary>
    /// <param name="name"><c>--listen</c>, however it was written.</param>
    public IReadOnlyList<string> Values(string name) => _values.TryGetValue(name, out var values) ? values : [];

    /// <summary>The value of an option that can be given once.</summary>
    public string? Value(string name) => Values(name) is [var value, ..] ? value : null;

    internal void Add(string name, string value)
    {
        if (!_values.TryGetValue(name, out var values)) _values[name] = values = [];
        values.Add(value);
    }
}
