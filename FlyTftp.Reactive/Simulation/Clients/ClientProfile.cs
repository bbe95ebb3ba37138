using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>What a client acknowledges when a block comes that it does not expect.</summary>
internal enum GapAnswer : byte
{
    /// <summary>The last block in order, once for each gap, as U-Boot does.</summary>
    Once,

    /// <summary>The last block in order, for each block that is out of order, as EDK2 does.</summary>
    EveryBlock,

    /// <summary>The last block in order, once for each gap, and only for a block behind it: what is old is not answered.</summary>
    LaterBlocks,

    /// <summary>Nothing: it waits for what it expects.</summary>
    Never,
}

/// <summary>One kind of client: what it asks for, how long it waits, and what is peculiar about it.</summary>
/// <param name="Name">As the summary and the transcript call it.</param>
/// <param name="Weight">How often it is drawn, among the sum of all weights.</param>
internal sealed record ClientProfile(string Name, int Weight)
{
    public string Mode { get; init; } = "octet";

    /// <summary>0: not asked for. So with the two below.</summary>
    public int BlockSize { get; init; }

    /// <summary>1 to this many blocks are asked for.</summary>
    public int WindowSizeMax { get; init; }

    /// <summary>At least so many.</summary>
    public int WindowSizeMin { get; init; } = 1;

    /// <summary>Reads the file of the size that was asked for, and none of the small ones.</summary>
    public bool ReadsMainFile { get; init; }

    public int TimeoutSeconds { get; init; }

    public bool AsksSize { get; init; }

    /// <summary>Doubled at every try, up to <see cref="MaxWait"/>.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits in vain before it gives up.</summary>
    public int Tries { get; init; } = 8;

    public GapAnswer GapAnswer { get; init; }

    /// <summary>Sends its last ACK again when it has waited in vain. GRUB does not.</summary>
    public bool RepeatsAcks { get; init; } = true;

    /// <summary>Asks for the size first, and takes the request back with ERROR 8.</summary>
    public bool ProbesSize { get; init; }

    /// <summary>Names that are not there, asked for before the one that is.</summary>
    public int MissesMax { get; init; }

    /// <summary>Files read, one after the other.</summary>
    public int Files { get; init; } = 1;

    public bool KeepsPort { get; init; }

    /// <summary>Share of the blocks after which it does nothing for up to <see cref="StallMax"/>.</summary>
    public double StallShare { get; init; }

    public TimeSpan StallMax { get; init; }

    /// <summary>Falls silent in the middle.</summary>
    public bool Vanishes { get; init; }

    /// <summary>Share of the datagrams that are followed by rubbish, a repeated request or an old ACK.</summary>
    public double NoiseShare { get; init; }

    /// <summary>What arrives at a port that it has closed is answered with ICMP port unreachable.</summary>
    public bool IsHost { get; init; }

    /// <summary>Says ERROR 0 when it has all.</summary>
    public bool SaysGoodbye { get; init; }

    /// <summary>Reads the file that has more blocks than block numbers.</summary>
    public bool RollsOver { get; init; }

    /// <summary>Asks in other people's name, and never answers.</summary>
    public bool Forges { get; init; }

    /// <summary>Takes each request back, soon or at once.</summary>
    public bool Withdraws { get; init; }

    public bool IsNetascii => Mode == "netascii";

    /// <summary>It wants the file and keeps to the RFCs, quirks aside: it must get it.</summary>
    public bool IsHonest => !Vanishes && !Forges && !Withdraws;

    public Request Ask(string fileName, int windowSize)
    {
        var options = new List<TransferOption>();
        if (TimeoutSeconds > 0) options.Add(new(OptionSet.Timeout, $"{TimeoutSeconds}"));
        if (AsksSize) options.Add(new(OptionSet.TransferSize, "0"));
        if (BlockSize > 0) options.Add(new(OptionSet.BlockSize, $"{BlockSize}"));
        if (windowSize > 0) options.Add(new(OptionSet.WindowSize, $"{windowSize}"));
        return new Request(fileName, Mode, options.Count == 0 ? OptionSet.Empty : new OptionSet([.. options]));
    }
}
