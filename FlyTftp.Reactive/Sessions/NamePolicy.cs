using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Rules;
using FlyTftp.Reactive.Content.Templates;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What is served under which name.</summary>
public sealed record NamePolicy
{
    /// <summary>Which names may be asked for.</summary>
    public ExtensionSet Extensions { get; init; } = ExtensionSet.All;

    /// <summary>Only the last segment of a name counts: all files lie in one folder.</summary>
    public bool Flat { get; init; }

    /// <summary>Names may begin with a dot.</summary>
    public bool Hidden { get; init; }

    /// <summary>A file in the folder that has the client's address for its name comes first.</summary>
    public bool PerClient { get; init; }

    /// <summary>What is made of a name before anything else.</summary>
    public RuleSet Rules { get; init; } = RuleSet.None;

    /// <summary>Files that are filled in for each request.</summary>
    public TemplateSet Templates { get; init; } = TemplateSet.None;

    /// <summary>What clients may call the root.</summary>
    public RootPath Root { get; init; } = RootPath.Unknown;
}

/// <summary>The policy in force. A reload puts another in its place, from any thread: sessions that are opened from then on go by it.</summary>
public sealed class ServedNames(NamePolicy first)
{
    private volatile NamePolicy _current = first;

    public NamePolicy Current
    {
        get => _current;
        set => _current = value;
    }
}
