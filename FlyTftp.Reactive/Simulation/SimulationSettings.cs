using FlyTftp.Reactive.Simulation.Clients;
using FlyTftp.Reactive.Simulation.Links;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Simulation;

/// <summary>What all seeds of a simulation have in common.</summary>
/// <param name="Clients">1 to <see cref="ClientsMax"/>; each seed draws their kinds anew.</param>
/// <param name="FileSize">Bytes of the file that most of them want, 0 to <see cref="FileSizeMax"/>.</param>
internal sealed record SimulationSettings(int Clients, int FileSize, LinkConditions Link)
{
    /// <summary>All clients are of this kind; <c>null</c>: they are drawn.</summary>
    public ClientProfile? Profile { get; init; }

    /// <summary>Each client makes its first request at some moment before this.</summary>
    public TimeSpan StartsWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Nobody has to prove that its address is its own, so that what is measured is the path alone.</summary>
    public bool TrustsPeers { get; init; }

    public const int ClientsMax = 10_000, FileSizeMax = 64 << 20;

    public const int MegabitsMax = 100_000, QueueMax = 64 << 20;

    public static readonly TimeSpan RoundTripMax = TimeSpan.FromSeconds(1);

    public static SimulationSettings Default { get; } =
        new(Clients: 20, FileSize: 256 * 1024, new LinkConditions(0.05, 0.01, 0.02, TimeSpan.FromMilliseconds(20)));
}

/// <summary>What came of one seed.</summary>
/// <param name="Violation">The first rule that was broken, and when; <c>null</c>: none was.</param>
/// <param name="Sessions">The server's sessions by <see cref="Sessions.Outcome"/>.</param>
/// <param name="Datagrams">Into and out of the server.</param>
/// <param name="Bytes">Of the files that clients have got whole.</param>
/// <param name="Completions">How many these are.</param>
/// <param name="Restarts">Attempts that clients gave up for the loss, to try again.</param>
/// <param name="Abandoned">Clients that gave up for good; none at a loss of 20 % or less.</param>
/// <param name="Duration">On the virtual clock.</param>
/// <param name="Fingerprint">The same for the same run.</param>
internal sealed record SeedResult(
    long Seed, string? Violation, IReadOnlyList<long> Sessions, long Datagrams, long Bytes, int Completions, int Restarts, int Abandoned,
    TimeSpan Duration, ulong Fingerprint)
{
    /// <summary>The files that clients have got whole, in the order in which they had them.</summary>
    public IReadOnlyList<TransferTime> Transfers { get; init; } = [];

    /// <summary>Datagrams out of the server.</summary>
    public long Sent { get; init; }
}
