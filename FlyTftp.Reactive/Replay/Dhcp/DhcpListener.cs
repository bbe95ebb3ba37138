using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Dhcp;

/// <summary>Hears which server and which file DHCP servers name to whom. ProxyDHCP gives no address: that of the same machine's lease counts.</summary>
internal sealed class DhcpListener
{
    /// <summary>Machines kept in mind; one more forgets the first.</summary>
    private const int MaxMachines = 4_096;

    /// <summary>Different answers told to one machine.</summary>
    private const int MaxDirections = 16;

    private const ushort ServerPort = 67, ClientPort = 68, ProxyPort = 4011;

    private readonly Dictionary<string, Machine> _machines = [];
    private readonly Queue<string> _oldest = [];

    public static bool IsDhcp(Endpoint source, Endpoint destination) =>
        source.Port is ServerPort or ProxyPort || (destination.Port is ServerPort or ProxyPort && source.Port is ClientPort or ServerPort or ProxyPort);

    /// <returns>What is known now and was not before.</returns>
    public IEnumerable<BootDirection> Hear(Endpoint source, ReadOnlySpan<byte> payload, DateTimeOffset at)
    {
        if (DhcpMessage.Read(payload) is not { } message) return [];
        if (!_machines.TryGetValue(message.Machine, out var machine))
        {
            if (_machines.Count == MaxMachines) _machines.Remove(_oldest.Dequeue());
            _machines[message.Machine] = machine = new Machine();
            _oldest.Enqueue(message.Machine);
        }

        machine.Architecture = message.Architecture ?? machine.Architecture;
        if (!message.IsReply || message.Type is not (0 or DhcpMessage.Offer or DhcpMessage.Acknowledgment)) return [];
        var isLease = message.HasGivenAddress && message.Type != DhcpMessage.Offer;
        if (message.Address != 0 && (isLease || message.Type == DhcpMessage.Acknowledgment)) machine.Address = Endpoint.IPv4(message.Address, 0);
        // An offer may not be taken; a proxy's is all that it says.
        if ((isLease || !message.HasGivenAddress) && (message.Server ?? message.File) is not null && machine.Directions.Count < MaxDirections)
        {
            var by = message.By is { } named && System.Net.IPAddress.TryParse(named, out var address) ? Endpoint.From(address, 0) : source with { Port = 0 };
            var direction = new BootDirection(default, at, by, message.Server, message.File, IsProxy: !message.HasGivenAddress) { Architecture = ArchitectureName(machine.Architecture) };
            if (!machine.Directions.Exists(other => other with { At = at, Client = default, Started = at, Ended = at } == direction)) machine.Directions.Add(direction);
        }

        return machine.Address is { } client ? machine.Tell(client) : [];
    }

    private static string? ArchitectureName(int? architecture) => architecture switch
    {
        null => null,
        0 => "BIOS",
        2 => "Itanium",
        6 => "UEFI of x86",
        7 or 9 => "UEFI of x64",
        10 => "UEFI of 32-bit ARM",
        11 => "UEFI of 64-bit ARM",
        15 or 16 => "UEFI of x86 by HTTP",
        19 => "UEFI of 64-bit ARM by HTTP",
        25 or 27 => "UEFI of RISC-V",
        { } other => $"architecture {other}",
    };

    private sealed class Machine
    {
        private int _told;

        public Endpoint? Address { get; set; }

        public int? Architecture { get; set; }

        public List<BootDirection> Directions { get; } = [];

        public List<BootDirection> Tell(Endpoint client)
        {
            var news = Directions.Skip(_told).Select(direction => direction with { Client = client }).ToList();
            _told = Directions.Count;
            return news;
        }
    }
}
