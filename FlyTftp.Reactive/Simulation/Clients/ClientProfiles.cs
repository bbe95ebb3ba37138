using FlyTftp.Reactive.Simulation.Links;

namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>The kinds of clients that a simulation draws from: boot firmware as it is met on the wire, and worse.</summary>
internal static class ClientProfiles
{
    public static IReadOnlyList<ClientProfile> All { get; } =
    [
        new("plain", 120),
        new("ipxe", 160) { AsksSize = true, BlockSize = 1432, FirstWait = Milliseconds(250), MissesMax = 1 },
        new("edk2", 160)
        {
            AsksSize = true, BlockSize = 1468, WindowSizeMax = 4, ProbesSize = true, GapAnswer = GapAnswer.EveryBlock,
            FirstWait = Seconds(3), MaxWait = Seconds(3), Tries = 5,
        },
        new("u-boot", 140)
        {
            AsksSize = true, BlockSize = 1468, WindowSizeMax = 16, TimeoutSeconds = 5, FirstWait = Seconds(5), MaxWait = Seconds(5), Tries = 10,
        },
        new("grub", 100)
        {
            AsksSize = true, BlockSize = 1024, RepeatsAcks = false, StallShare = 0.01, StallMax = Seconds(25), SaysGoodbye = true, Tries = 10,
        },
        new("pxelinux", 120) { AsksSize = true, BlockSize = 1408, FirstWait = Milliseconds(60), MaxWait = Seconds(4), Tries = 14, MissesMax = 9 },
        new("bootmgr", 120) { AsksSize = true, BlockSize = 1456, WindowSizeMax = 32, MaxWait = Seconds(4) },
        new("rom", 80) { AsksSize = true, BlockSize = 1456, KeepsPort = true, Files = 3, MaxWait = Seconds(8) },
        new("switch", 80) { Mode = "netascii", AsksSize = true, MissesMax = 3, StallShare = 0.02, StallMax = Seconds(1) },
        // Writes each window to its flash before it acknowledges it.
        new("flash", 60) { AsksSize = true, BlockSize = 1428, WindowSizeMax = 32, StallShare = 1, StallMax = Milliseconds(150), GapAnswer = GapAnswer.LaterBlocks },
        new("silent", 40) { AsksSize = true, BlockSize = 1428, WindowSizeMax = 32, GapAnswer = GapAnswer.Never },
        new("host", 60) { AsksSize = true, BlockSize = 1428, WindowSizeMax = 64, IsHost = true },
        new("noisy", 60) { AsksSize = true, BlockSize = 1468, WindowSizeMax = 8, NoiseShare = 0.2 },
        new("vanisher", 60) { AsksSize = true, BlockSize = 1468, WindowSizeMax = 8, Vanishes = true },
        new("vanisher-host", 40) { Vanishes = true, IsHost = true },
        new("forger", 20) { AsksSize = true, BlockSize = 1468, WindowSizeMax = 64, Forges = true },
        new("hasty", 20) { AsksSize = true, BlockSize = 1468, Withdraws = true },
        // Costs as much as a hundred others: rare.
        new("rollover", 1) { AsksSize = true, BlockSize = 8, WindowSizeMax = 16, RollsOver = true },
    ];

    private static readonly int Weights = All.Sum(static profile => profile.Weight);

    public static ClientProfile Draw(SeededRandom chance)
    {
        var at = chance.Below(Weights);
        foreach (var profile in All)
        {
            at -= profile.Weight;
            if (at < 0) return profile;
        }

        throw new InvalidOperationException("The weights do not add up.");
    }

    private static TimeSpan Seconds(double count) => TimeSpan.FromSeconds(count);

    private static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);
}
