using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Client;

/// <summary>What <see cref="TftpClient"/> is to fetch, and how patient it is. The mode is octet.</summary>
/// <param name="Host">A name, which may stand for several addresses, or an IP address without brackets.</param>
/// <param name="FileName">As it goes on the wire: 1 to <see cref="Request.MaxFileNameLength"/> bytes of UTF-8, no NUL.</param>
public sealed record DownloadRequest(string Host, int Port, string FileName)
{
    /// <summary>
    /// Block numbers are 16 bits wide: of a window beyond this, an old block could not be told from a new one. Servers grant less anyway.
    /// </summary>
    public const int MaxWindowSize = 16384;

    /// <summary>Bytes; <c>null</c>: not asked. 1428 leaves room for a tunnel's headers on Ethernet.</summary>
    public int? BlockSize { get; init; } = 1428;

    /// <summary>Blocks, 1 to <see cref="MaxWindowSize"/>; <c>null</c>: not asked.</summary>
    public int? WindowSize { get; init; } = 16;

    /// <summary>
    /// Bytes after which a download is broken off: a server may never come to an end. Larger than any image that is booted, smaller than most disks.
    /// </summary>
    public const long DefaultMaxSize = 16L << 30;

    /// <inheritdoc cref="DefaultMaxSize"/>
    public long MaxSize { get; init; } = DefaultMaxSize;

    /// <summary>Asks how large the file is (RFC 2349 §3).</summary>
    public bool AsksSize { get; init; } = true;

    /// <summary>Seconds between the server's repeats (RFC 2349 §2); <c>null</c>: not asked.</summary>
    public int? ServerTimeoutSeconds { get; init; }

    /// <summary>Silence after which our last packet is sent again. Doubles up to <see cref="LongestTimeout"/> until something new comes.</summary>
    public TimeSpan FirstTimeout { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Without anything new for this long, the download has failed.</summary>
    public TimeSpan InactivityLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The options in the order in which boot ROMs write them.</summary>
    public OptionSet ToOptions()
    {
        var options = new List<TransferOption>();
        Add(OptionSet.BlockSize, BlockSize);
        Add(OptionSet.TransferSize, AsksSize ? 0 : null);
        Add(OptionSet.Timeout, ServerTimeoutSeconds);
        Add(OptionSet.WindowSize, WindowSize);
        return options.Count == 0 ? OptionSet.Empty : new OptionSet([.. options]);

        void Add(string name, int? value)
        {
            if (value is { } number) options.Add(new TransferOption(name, number.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
