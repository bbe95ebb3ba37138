using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>What a replay is asked for.</summary>
public sealed record ReplayOptions
{
    public SessionLimits Limits { get; init; } = new();

    /// <summary>Where files come from first; it has to answer at once. <c>null</c>: only what the recorded server sent.</summary>
    public IContentStore? Root { get; init; }

    /// <summary>Where the recorded server listened.</summary>
    public int Port { get; init; } = 69;

    /// <summary>Whose sessions are replayed.</summary>
    public Func<Endpoint, bool> Only { get; init; } = static _ => true;

    public TextWriter? Transcript { get; init; }

    /// <summary>Draw every session.</summary>
    public bool HasLadders { get; init; }

    /// <summary>Told each session once, in the order of their requests.</summary>
    public Action<SessionResult> OnSession { get; init; } = static _ => { };

    /// <summary>Told, now and then, bytes read and bytes to read in all.</summary>
    public Action<long, long> OnProgress { get; init; } = static (_, _) => { };
}
