namespace FlyTftp.Reactive.Tests.Architecture;

/// <summary>One floor: what its types may name inside the program, and what they may not name outside it.</summary>
/// <param name="Below">The other floors it may name.</param>
/// <param name="Forbidden">Namespaces (with all below them) and types.</param>
/// <param name="Allowed">Exceptions to those.</param>
public sealed record Floor(string Name, string[] Below, string[] Forbidden, string[] Allowed);

/// <summary>The floors and their arrows: Protocol ← Content ← Sessions ← {Server | Replay} ← Cli.</summary>
/// <param name="root">The namespace that holds the floors.</param>
public sealed class House(string root)
{
    private static readonly string[] Threads =
        ["System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.TaskFactory"];

    // An address' family is a word of the value Endpoint, not a socket.
    private static readonly string[] AddressFamily = ["System.Net.Sockets.AddressFamily"];

    public static IReadOnlyList<Floor> Floors { get; } =
    [
        new("Protocol", [], ["System.Reactive", "System.IO", "System.Net", "System.Threading", "NLog"], []),
        new("Content", ["Protocol"], ["System.Reactive", "System.Net", "NLog", .. Threads], []),
        new("Sessions", ["Protocol", "Content"], ["System.IO", "System.Net.Sockets", "NLog", .. Threads], AddressFamily),
        new("Replay", ["Protocol", "Content", "Sessions"], ["System.Net.Sockets", "NLog", .. Threads], AddressFamily),
        new("Server", ["Protocol", "Content", "Sessions"], [], []),
        new("Cli", ["Protocol", "Content", "Sessions", "Server", "Replay"], [], []),
    ];

    /// <summary>The floors that know no clock, no chance, no console: those to which BannedSymbols.txt applies.</summary>
    public static IReadOnlyList<string> Timeless { get; } = ["Protocol", "Content", "Sessions", "Replay"];

    /// <summary>The floor of a type; <c>null</c> for one of another house, or one that the compiler has made.</summary>
    public Floor? FloorOf(TypeName type) => Floors.FirstOrDefault(floor => type.IsIn($"{root}.{floor.Name}"));

    public IEnumerable<Use> Violations(IEnumerable<Use> uses) => uses.Where(use => FloorOf(use.From) is { } floor && !Permits(floor, use));

    private bool Permits(Floor floor, Use use)
    {
        if (FloorOf(use.To) is { } named) return named == floor || floor.Below.Contains(named.Name);
        var member = use.Member is null ? use.To.ToString() : $"{use.To}.{use.Member}";
        return floor.Allowed.Contains(use.To.ToString())
            || !floor.Forbidden.Any(name => use.To.IsIn(name) || use.To.ToString() == name || member == name);
    }
}
