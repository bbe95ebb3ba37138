using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Options;

/// <summary>The settings of <c>serve</c>, parsed and in range. <see cref="ServerOptionTable"/> says what each is called.</summary>
public sealed record ServerOptions
{
    /// <summary>The default port of TFTP (RFC 1350 §4).</summary>
    public const int TftpPort = 69;

    private static readonly SessionLimits Limits = new();

    /// <summary>What holds when nothing is set.</summary>
    public static ServerOptions Default { get; } = new();

    /// <summary>The folder that is served. May be missing: whoever opens it says so.</summary>
    public string Root { get; init; } = ContentFolder.Name;

    /// <summary>At least one.</summary>
    public IReadOnlyList<ListenAddress> Listen { get; init; } = [new(ListenAddress.AnyHost, TftpPort)];

    public ExtensionSet Allow { get; init; } = ExtensionSet.Default;

    public bool Flat { get; init; }

    public bool Hidden { get; init; }

    public bool IgnoreCase { get; init; }

    public bool PerClient { get; init; }

    public bool AnswersBroadcasts { get; init; }

    /// <summary>A map file; <c>null</c>: names stay as they are.</summary>
    public string? Rules { get; init; }

    /// <summary>A file with variables that come before the process' own, read again at a reload; <c>null</c>: none.</summary>
    public string? EnvironmentFile { get; init; }

    /// <summary>How these settings are read anew when the variables in <see cref="EnvironmentFile"/> have changed.</summary>
    public ServerOptionsReader? Reread { get; init; }

    /// <summary>Environment variables that templates may name.</summary>
    public IReadOnlyList<string> TemplateEnvironment { get; init; } = [];

    /// <summary>Bytes; <c>null</c>, or larger than that: what the interface's MTU leaves room for.</summary>
    public int? BlockSizeMax { get; init; }

    /// <summary>Bytes, 8 to 512: a smaller blksize is not granted.</summary>
    public int BlockSizeMin { get; init; } = Limits.BlockSizeMin;

    /// <summary>Blocks.</summary>
    public int WindowSizeMax { get; init; } = Limits.WindowSizeMax;

    /// <summary>Bytes.</summary>
    public int WindowBytes { get; init; } = Limits.WindowBytes;

    public int Retries { get; init; } = Limits.Retries;

    /// <summary>What memory can hold, up to 16,384: a container's limit counts (cgroup v1 and v2).</summary>
    public int SessionsMax { get; init; } = SessionsWithin(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Bytes a second, of those who have only asked and of those who have answered apart, to all who have not shown that they receive them.</summary>
    public long UnprovenRate { get; init; } = Limits.UnprovenRate;

    /// <summary>How long running sessions may go on after a request to stop.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Where health and metrics are served; <c>null</c>: nowhere.</summary>
    public ListenAddress? Http { get; init; }

    /// <summary>The live page is served on <see cref="Http"/> too.</summary>
    public bool Page { get; init; }

    /// <summary>Transfers and boots are shown on standard output, if that is a terminal.</summary>
    public bool Watch { get; init; }

    /// <summary>A name by which the page may be asked for, besides addresses and localhost.</summary>
    public string? HttpName { get; init; }

    /// <summary>Bytes of boots that are kept for the page; 0: none.</summary>
    public int HistoryBytes { get; init; } = 8 << 20;

    /// <summary>The user to become once the sockets are bound, by name or number; <c>null</c>: stay who we are.</summary>
    public string? User { get; init; }

    public HardeningMode Hardening { get; init; } = HardeningMode.Auto;

    /// <summary>One for every two processors: the other is left to interrupts, which do as much for a datagram as the loop.</summary>
    public int Loops { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How long a loop polls for the answer of a client near by before it sleeps; zero: not at all.</summary>
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary><c>null</c>: <c>nlog.config</c> where NLog looks for it, else built-in rules.</summary>
    public string? LogConfig { get; init; }

    /// <param name="root">What clients may call the root.</param>
    public NamePolicy ToNamePolicy(RootPath root) => new() { Extensions = Allow, Flat = Flat, Hidden = Hidden, PerClient = PerClient, Root = root };

    /// <summary>How many sessions so much memory holds: 16 KiB each, beside 24 MiB for everything else, and never fewer than 512.</summary>
    /// <param name="bytes">What the garbage collector may use.</param>
    internal static int SessionsWithin(long bytes) => (int)Math.Clamp((bytes - (24L << 20)) / (16 << 10), 512, Limits.SessionsMax);

    /// <param name="blockSizeByPath">The largest blksize that a client's way here holds, in bytes: <c>--blksize-max</c> can only lower it.</param>
    public SessionLimits ToSessionLimits(Func<Flow, int> blockSizeByPath) => new()
    {
        SessionsMax = SessionsMax,
        BlockSizeMax = BlockSizeMax is { } bytes ? flow => Math.Min(bytes, blockSizeByPath(flow)) : blockSizeByPath,
        BlockSizeMin = BlockSizeMin,
        WindowSizeMax = WindowSizeMax,
        WindowBytes = WindowBytes,
        Retries = Retries,
        UnprovenRate = UnprovenRate,
        AnswersBroadcasts = AnswersBroadcasts,
        Names = new ServedNames(ToNamePolicy(RootPath.Unknown)),
    };
}

/// <summary>Reads all settings again, with other variables in the file.</summary>
public delegate bool ServerOptionsReader(
    IReadOnlyDictionary<string, string> variables, [NotNullWhen(true)] out ServerOptions? options, [NotNullWhen(false)] out string? error);
