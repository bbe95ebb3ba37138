using System.Runtime;
using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>What remains allowed, and as whom.</summary>
internal sealed record ConfinementOptions
{
    /// <summary>"nobody" on most systems; no entry in any /etc/passwd is needed.</summary>
    public const uint Nobody = 65534;

    /// <summary>The folder beneath which files stay readable; absolute.</summary>
    public required string Root { get; init; }

    /// <summary>Whom root becomes.</summary>
    public uint UserId { get; init; } = Nobody;

    public uint GroupId { get; init; } = Nobody;

    /// <summary>A just-in-time compiler runs here: it makes machine code and reads assemblies when they are first needed.</summary>
    // RuntimeFeature does not tell: a project that publishes natively switches its answers off for every build.
    internal bool LoadsCode { get; init; } = JitInfo.GetCompiledMethodCount() > 0;

    /// <summary>Further folders that must stay readable: the runtime's and the program's own, where code is loaded as it is needed.</summary>
    internal IEnumerable<string> AlsoReadable => LoadsCode ? [.. LoadsFrom, "/proc", "/sys/fs/cgroup"] : [];

    /// <summary>Where code is loaded from as it is needed: nowhere in a native program.</summary>
    internal IReadOnlyList<string> LoadsFrom => LoadsCode ? [AppContext.BaseDirectory, RuntimeEnvironment.GetRuntimeDirectory()] : [];
}
