namespace FlyTftp.Reactive.Tests.Architecture;

/// <summary>One room of the house: what its types may name inside the program, and what they may not name outside it.</summary>
/// <param name="Name">Its folder, with dots: <c>Server.Loop</c>.</param>
/// <param name="Below">The other rooms it may name; <c>Content.*</c> is Content with the rooms inside it.</param>
/// <param name="Forbidden">Namespaces (with all below them) and types.</param>
/// <param name="Allowed">Exceptions to those.</param>
public sealed record Room(string Name, string[] Below, string[] Forbidden, string[] Allowed)
{
    public bool MayName(Room other) =>
        other == this || Below.Any(name => name.EndsWith(".*", StringComparison.Ordinal)
            ? $"{other.Name}.".StartsWith(name[..^1], StringComparison.Ordinal)
            : other.Name == name);
}

/// <summary>
/// The rooms and their arrows: Protocol ← Content ← Sessions ← {Server | Client | Boots | Replay | Simulation | Ladders} ← Cli, and the smaller arrows
/// between the rooms of one floor.
/// </summary>
/// <param name="root">The namespace that holds the floors.</param>
public sealed class House(string root)
{
    private static readonly string[] Threads =
        ["System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.TaskFactory"];

    // An address' family is a word of the value Endpoint, not a socket.
    private static readonly string[] AddressFamily = ["System.Net.Sockets.AddressFamily"];

    private static readonly string[] NoFiles = ["System.Reactive", "System.Net", "NLog", .. Threads];

    private static readonly string[] NoSockets = ["System.Net.Sockets", "NLog", .. Threads];

    public static IReadOnlyList<Room> Rooms { get; } =
    [
        new("Protocol", [], ["System.Reactive", "System.IO", "System.Net", "System.Threading", "NLog"], []),
        new("Content.Names", ["Protocol"], NoFiles, []),
        new("Content.Files", ["Protocol", "Content", "Content.Names"], NoFiles, []),
        new("Content.Cache", ["Protocol", "Content", "Content.Files", "Content.Names"], NoFiles, []),
        new("Content.Rules", [], NoFiles, []),
        new("Content.Templates", ["Protocol", "Content", "Content.Files", "Content.Names"], NoFiles, []),
        new("Content", ["Protocol", "Content.*"], NoFiles, []),
        new("Sessions", ["Protocol", "Content.*", "Sessions.*"], ["System.IO", "System.Net.Sockets", "NLog", .. Threads], AddressFamily),
        new("Sessions.Peers", ["Protocol", "Sessions.*", "Sessions"], ["System.IO", "System.Net.Sockets", "System.Reactive", "NLog", .. Threads], AddressFamily),
        new("Sessions.Operators", ["Protocol", "Content.*", "Sessions.*"], ["System.IO", "System.Net.Sockets", "NLog", .. Threads], AddressFamily),
        new("Boots", ["Protocol", "Content", "Sessions"], NoSockets, AddressFamily),
        new("Sessions.Recovery", ["Protocol", "Content.*", "Sessions", "Sessions.Peers"], ["System.Reactive", "System.IO", "System.Net", "System.Threading.Timer", "NLog", .. Threads], []),
        new("Ladders", ["Protocol", "Content.*", "Sessions.*"], NoSockets, AddressFamily),
        new("Replay.Unpacking", [], ["System.Reactive", "System.Net", "NLog", .. Threads], []),
        new("Replay.Captures", ["Protocol", "Sessions", "Replay.Unpacking"], NoSockets, AddressFamily),
        new("Replay.Frames", ["Protocol", "Sessions", "Replay.Captures"], NoSockets, AddressFamily),
        new("Replay.Walks", ["Protocol", "Sessions", "Replay.Captures", "Replay.Frames"], NoSockets, AddressFamily),
        new("Replay.Plans", ["Protocol", "Content", "Replay.Captures", "Replay.Frames", "Replay.Walks"], NoSockets, AddressFamily),
        new("Replay.Dhcp", ["Sessions", "Boots"], NoSockets, AddressFamily),
        new("Replay", ["Protocol", "Content.*", "Sessions.*", "Boots", "Ladders", "Replay.*"], NoSockets, AddressFamily),
        new("Simulation", ["Protocol", "Content.*", "Sessions.*", "Ladders", "Simulation.*"], NoSockets, AddressFamily),
        new("Simulation.Links", ["Sessions"], NoSockets, AddressFamily),
        new("Simulation.Rules", ["Simulation.Links", "Protocol", "Content.*", "Sessions.*"], NoSockets, AddressFamily),
        new("Simulation.Clients", ["Protocol", "Content.*", "Sessions.*", "Simulation.*"], NoSockets, AddressFamily),
        new("Client", ["Protocol"], ["System.Reactive", "NLog"], []),
        new("Server.Options", ["Protocol", "Content.*", "Sessions.*"], ["System.Net.Sockets", "NLog"], AddressFamily),
        new("Server.Linux", [], ["System.Reactive", "NLog"], []),
        new("Server.Linux.Sockets", ["Protocol", "Sessions", "Server.Linux", "Server.Ports"], ["System.Reactive", "NLog"], []),
        new("Server.Linux.Files", ["Protocol", "Content", "Content.Files", "Content.Names", "Server.Linux"], ["System.Reactive", "System.Net", "NLog"], []),
        new("Server.Linux.Confinement", ["Server.Linux"], ["System.Reactive", "NLog"], []),
        new("Server.Ports", ["Protocol", "Sessions.*", "Server.Options", "Server.Linux", "Server.Linux.Sockets"], ["System.Reactive", "NLog"], []),
        new("Server.Files", ["Content.*", "Server.Linux", "Server.Linux.Files"], ["System.Reactive", "System.Net", "NLog"], []),
        new("Server.Loop", ["Protocol", "Content.*", "Sessions.*", "Server.Ports"], ["System.Net.Sockets", "NLog"], AddressFamily),
        new("Server.Metrics", ["Boots", "Content.*", "Sessions.*", "Server.Linux.*"], ["System.Net", "NLog"], []),
        new("Server.Logging", ["Protocol", "Boots", "Content", "Sessions", "Server.Files", "Server.Metrics"], ["System.Net.Sockets"], AddressFamily),
        new("Server.Live", ["Protocol", "Content", "Sessions", "Boots", "Server.Logging", "Server.Loop"], ["System.Net.Sockets"], AddressFamily),
        // The page draws ladders and hands out captures (docs/adr/0016).
        new("Server.Page", ["Protocol", "Content", "Sessions", "Boots", "Ladders", "Replay.Captures", "Server.Http", "Server.Live"], ["System.Reactive", "NLog", "System.Net.Sockets"], AddressFamily),
        new("Server.Reload", ["Protocol", "Content.*", "Sessions.*", "Server.Options", "Server.Logging", "Server.Linux.*"], ["System.Net.Sockets", "NLog"], AddressFamily),
        new("Server.Http", ["Protocol", "Content.*", "Sessions.*", "Boots", "Server.*"], ["System.Reactive"], []),
        new("Server", ["Protocol", "Content.*", "Sessions.*", "Boots", "Server.*"], [], []),
        new("Cli", ["Protocol", "Content.*", "Sessions.*", "Server.*", "Client", "Boots", "Replay.*", "Simulation.*", "Ladders", "Cli.*"], [], []),
        new("Cli.Commands", ["Protocol", "Content.*", "Sessions.*", "Server.*", "Client", "Boots", "Replay.*", "Simulation.*", "Ladders", "Cli.*"], [], []),
        new("Cli.Stories", ["Protocol", "Server.Options", "Cli"], [], []),
        new("Cli.Watch", ["Protocol", "Sessions", "Boots", "Server", "Server.Linux", "Server.Live", "Server.Logging", "Server.Loop", "Cli"], [], []),
    ];

    /// <summary>The floors that know no clock, no chance, no console: those to which BannedSymbols.txt applies.</summary>
    public static IReadOnlyList<string> Timeless { get; } = ["Protocol", "Content", "Sessions", "Boots", "Replay", "Simulation", "Ladders"];

    /// <summary>The room of a type, the smallest there is; <c>null</c> for one of another house, or one that the compiler has made.</summary>
    public Room? RoomOf(TypeName type) => Rooms.Where(room => type.IsIn($"{root}.{room.Name}")).MaxBy(room => room.Name.Length);

    public IEnumerable<Use> Violations(IEnumerable<Use> uses) => uses.Where(use => RoomOf(use.From) is { } room && !Permits(room, use));

    private bool Permits(Room room, Use use)
    {
        if (RoomOf(use.To) is { } named) return room.MayName(named);
        var member = use.Member is null ? use.To.ToString() : $"{use.To}.{use.Member}";
        return room.Allowed.Contains(use.To.ToString())
            || !room.Forbidden.Any(name => use.To.IsIn(name) || use.To.ToString() == name || member == name);
    }
}
