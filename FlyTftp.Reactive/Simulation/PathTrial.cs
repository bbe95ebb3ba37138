using FlyTftp.Reactive.Simulation.Clients;
using FlyTftp.Reactive.Simulation.Links;

namespace FlyTftp.Reactive.Simulation;

/// <summary>A path: a link of so many bytes a second with a queue in front of it, and a round trip.</summary>
/// <param name="MegabitsPerSecond">Of the link.</param>
/// <param name="RoundTrip">Milliseconds, without queue.</param>
/// <param name="QueueKiB">In front of the link.</param>
internal readonly record struct NetworkPath(double MegabitsPerSecond, double RoundTrip, int QueueKiB)
{
    public double BytesPerSecond => MegabitsPerSecond * 1e6 / 8;
}

/// <summary>
/// One transfer, or several at a time, over one path, to see what a window is worth there. On virtual time: the same at every run.
/// </summary>
/// <param name="Loss">Share of the datagrams lost by chance, each way.</param>
internal sealed record PathTrial(NetworkPath Path, int WindowSize, GapAnswer GapAnswer, double Loss, int FileSize)
{
    public const int BlockSize = 1428, HeaderBytes = 32;

    public int Clients { get; init; } = 1;

    public int TimeoutSeconds { get; init; }

    /// <summary>See <see cref="SimulationSettings.StartsWithin"/>.</summary>
    public TimeSpan StartsWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Blocks of one file.</summary>
    public int Blocks => FileSize / BlockSize + 1;

    /// <summary>Bytes a second that a window protocol can reach at all here: a window, then a round trip.</summary>
    public double Floor
    {
        get
        {
            var blocks = Math.Min(WindowSize, Blocks);
            return blocks * BlockSize / (blocks * (BlockSize + HeaderBytes) / Path.BytesPerSecond + Path.RoundTrip / 1000);
        }
    }

    /// <summary>How long the last transfer took; endless if not every one was complete.</summary>
    public double SecondsOf(SeedResult result) => result.Transfers.Count == Clients
        ? (result.Transfers[^1].Ended - result.Transfers[^1].Began).TotalSeconds
        : double.PositiveInfinity;

    /// <summary>Datagrams that the server has sent for each block.</summary>
    public double SentOf(SeedResult result) => result.Sent / ((double)Blocks * Clients);

    public SeedResult Run(long seed)
    {
        var link = new LinkConditions(Loss, 0, 0, TimeSpan.FromMilliseconds(Path.RoundTrip))
        {
            MegabitsPerSecond = Path.MegabitsPerSecond,
            Queue = Path.QueueKiB * 1024,
            JitterShare = 0,
        };
        var profile = new ClientProfile("trial", 1)
        {
            BlockSize = BlockSize,
            WindowSizeMin = WindowSize,
            WindowSizeMax = WindowSize,
            GapAnswer = GapAnswer,
            TimeoutSeconds = TimeoutSeconds,
            FirstWait = TimeSpan.FromSeconds(5),
            MaxWait = TimeSpan.FromSeconds(5),
            Tries = 10,
            ReadsMainFile = true,
        };
        return SeedRun.Run(seed, new SimulationSettings(Clients, FileSize, link) { Profile = profile, TrustsPeers = true, StartsWithin = StartsWithin });
    }
}
