using System.Globalization;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Server.Options;

/// <summary>
/// All options of <c>serve</c>, in the order of the help. The only place that knows their names, bounds and words: the parser, the help,
/// the README's table and <c>fly.toml</c> are checked against it.
/// </summary>
public static class ServerOptionTable
{
    /// <summary>Bytes.</summary>
    internal const int MaxWindowBytes = 512 * 1024;

    private const int MaxSessions = 1_000_000, MaxDrainSeconds = 3600, MaxLoops = 256, MaxUserLength = 32, MaxBusyPoll = 10_000, MaxHostName = 253, MaxHistory = 512 << 20,
        LeastUnprovenRate = 64 << 10, MaxUnprovenRate = 1 << 30;
    private static readonly ServerOptions Default = ServerOptions.Default;

    public static IReadOnlyList<ServerOption> All { get; } =
    [
        Text("--root", "DIR", "./content, else content beside the program", "a folder's path",
            "Folder to serve files from", static (options, text) => options with { Root = text }),

        new("--listen", "HOST:PORT", $"{Default.Listen[0]}, IPv4 too", ListenAddress.Forms,
            "Address and port to listen on; may be repeated",
            static (options, text, isFirst) => ListenAddress.TryParse(text, ServerOptions.TftpPort) is { } address
                ? options with { Listen = isFirst ? [address] : [.. options.Listen, address] }
                : ServerOptionReading.NotAllowed,
            IsRepeatable: true),

        new("--allow", "LIST", "what boot loaders ask for", $"* for all, or extensions such as .kpxe,.efi,{ExtensionSet.None}",
            "Extensions that may be requested", static (options, text, _) => ReadAllow(options, text)),

        Switch("--flat", "Use only the last segment of a requested name",
            static (options, on) => options with { Flat = on }),

        Switch("--hidden", "Serve names that begin with a dot, such as .treeinfo",
            static (options, on) => options with { Hidden = on }),

        Switch("--ignore-case", "Serve a file whose name differs in case only where the exact one is missing",
            static (options, on) => options with { IgnoreCase = on }),

        Switch("--per-client", "Look first in the folder named after the client's address",
            static (options, on) => options with { PerClient = on }),

        new("--broadcast", "ignore|answer", "ignore", "ignore and answer",
            "Answer read requests that were sent to a broadcast or multicast address, if there is such a file",
            static (options, text, _) => text.ToUpperInvariant() switch
            {
                "ANSWER" => options with { AnswersBroadcasts = true },
                "IGNORE" => options with { AnswersBroadcasts = false },
                _ => ServerOptionReading.NotAllowed,
            }),

        Text("--rules", "FILE", "none", "a file's path",
            "Rewrite requested names by the rules in this file, in tftp-hpa's syntax", static (options, text) => options with { Rules = text }),

        new("--template-env", "NAME", "none", "a variable's name: letters, digits and underscores, at most 64",
            "Let templates name this environment variable; may be repeated",
            static (options, text, isFirst) => IsVariable(text)
                ? options with { TemplateEnvironment = isFirst ? [text] : [.. options.TemplateEnvironment, text] }
                : ServerOptionReading.NotAllowed,
            IsRepeatable: true),

        Number("--blksize-max", TransferParameters.MinBlockSize, TransferParameters.MaxBlockSize, "bytes", "what the interface's MTU holds",
            "Largest blksize to grant", static (options, number) => options with { BlockSizeMax = number }),

        Number("--blksize-min", TransferParameters.MinBlockSize, TransferParameters.DefaultBlockSize, "bytes", Show(Default.BlockSizeMin),
            "Smallest blksize to grant; a client that asks for less gets blocks of 512", static (options, number) => options with { BlockSizeMin = number }),

        Number("--windowsize-max", TransferParameters.MinWindowSize, TransferParameters.MaxWindowSize, "blocks", Show(Default.WindowSizeMax),
            "Largest windowsize to grant", static (options, number) => options with { WindowSizeMax = number }),

        Number("--window-bytes", TransferParameters.DefaultBlockSize, MaxWindowBytes, "bytes; 128K and 512K are understood", Show(Default.WindowBytes),
            "Maximum unacknowledged data per transfer", static (options, number) => options with { WindowBytes = number }),

        Number("--retries", 0, byte.MaxValue, "times", Show(Default.Retries),
            "Retransmissions per window", static (options, number) => options with { Retries = number }),

        Number("--sessions-max", 1, MaxSessions, "sessions", Show(Default.SessionsMax),
            "Maximum concurrent transfers", static (options, number) => options with { SessionsMax = number }),

        Number("--unproven-rate", LeastUnprovenRate, MaxUnprovenRate, "bytes a second", Show((int)Default.UnprovenRate),
            "Bytes a second that all addresses together may get that have not shown that they receive them",
            static (options, number) => options with { UnprovenRate = number }, valueName: "BYTES"),

        Number("--drain", 0, MaxDrainSeconds, "seconds", Show((int)Default.Drain.TotalSeconds),
            "Time for running transfers to finish after SIGINT or SIGTERM",
            static (options, number) => options with { Drain = TimeSpan.FromSeconds(number) }, valueName: "SECONDS"),

        new("--http", "HOST:PORT", "off", "HOST:PORT, [IPV6]:PORT, :PORT or PORT, the port 0 to 65535",
            "Address for health and metrics (HTTP)",
            static (options, text, _) => ListenAddress.TryParse(text, defaultPort: -1) is { Port: >= 0 } address
                ? options with { Http = address }
                : ServerOptionReading.NotAllowed),

        Switch("--page", "Serve the live page on --http", static (options, on) => options with { Page = on }),

        new("--http-name", "NAME", "none", "a host name", "Host name of the live page, besides IP addresses and localhost",
            static (options, text, _) => text.Length is > 0 and <= MaxHostName && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.')
                ? options with { HttpName = text }
                : ServerOptionReading.NotAllowed),

        Number("--history-bytes", 0, MaxHistory, "bytes; 512K is understood", Show(Default.HistoryBytes),
            "Memory for finished boots on the live page; 0 for none", static (options, number) => options with { HistoryBytes = number }),

        Switch("--watch", "Show running transfers and boots, if standard output is a terminal", static (options, on) => options with { Watch = on }),

        new("--user", "NAME|UID", "65534 for root, if it confines itself", "a user's name or number", "User to run as once the ports are bound",
            static (options, text, _) => IsUser(text) ? options with { User = text } : ServerOptionReading.NotAllowed),

        new("--hardening", "auto|require|off", "auto", "auto, require and off",
            "Drop all rights that serving does not need; require: exit if that fails",
            static (options, text, _) => Enum.TryParse<HardeningMode>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode) && !char.IsAsciiDigit(text[0])
                ? options with { Hardening = mode }
                : ServerOptionReading.NotAllowed),

        Number("--loops", 1, MaxLoops, "loops", "one for every two processors",
            "Event loops, each with its own thread and sockets", static (options, number) => options with { Loops = number }),

        Number("--busy-poll", 0, MaxBusyPoll, "microseconds", Show((int)Default.BusyPoll.TotalMicroseconds),
            "Time to poll for the answer of a client near by, before sleeping",
            static (options, number) => options with { BusyPoll = TimeSpan.FromMicroseconds(number) }, valueName: "MICROSECONDS"),

        Text("--environment-file", "FILE", "none", "a file's path",
            "Read environment variables from this file too, again at SIGHUP", static (options, text) => options with { EnvironmentFile = text }),

        Text("--log-config", "FILE", "nlog.config, else built-in rules", "a file's path",
            "NLog configuration file", static (options, text) => options with { LogConfig = text }),
    ];

    private static ServerOption Text(
        string name, string valueName, string @default, string allowed, string help, Func<ServerOptions, string, ServerOptions> set) =>
        new(name, valueName, @default, allowed, help,
            (options, text, _) => text.Length > 0 && !text.Contains('\0') ? set(options, text) : ServerOptionReading.NotAllowed);

    private static ServerOption Switch(string name, string help, Func<ServerOptions, bool, ServerOptions> set) =>
        new(name, null, "off", "true and false", help, (options, text, _) => text.ToUpperInvariant() switch
        {
            "TRUE" or "1" or "YES" or "ON" => set(options, true),
            "FALSE" or "0" or "NO" or "OFF" => set(options, false),
            _ => ServerOptionReading.NotAllowed,
        });

    private static ServerOption Number(
        string name, int min, int max, string unit, string @default, string help, Func<ServerOptions, int, ServerOptions> set,
        string valueName = "N")
    {
        // A suffix only for large numbers of bytes.
        var takesSuffix = max >= 128 * 1024 && unit.StartsWith("bytes", StringComparison.Ordinal);
        return new(name, valueName, @default, string.Create(CultureInfo.InvariantCulture, $"{min} to {max} ({unit})"), help, (options, text, _) =>
            TryParseNumber(text, takesSuffix, out var number) && number >= min && number <= max
                ? set(options, (int)number)
                : ServerOptionReading.NotAllowed);
    }

    private static bool TryParseNumber(string text, bool takesSuffix, out long number)
    {
        var shift = takesSuffix && text.Length > 0 && text[^1] is 'K' or 'k' ? 10 : 0;
        // Nine digits at most: shifted by ten they stay far below 2⁶³.
        var digits = shift == 0 ? text.AsSpan() : text.AsSpan(0, text.Length - 1);
        number = 0;
        if (digits.Length > 9 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        number = value << shift;
        return true;
    }

    private static ServerOptionReading ReadAllow(ServerOptions options, string text) =>
        ExtensionSet.TryParse(text, out var set, out var error) ? options with { Allow = set } : new ServerOptionReading(null, error);

    private static bool IsUser(string text) =>
        text.Length is > 0 and <= MaxUserLength
        && (text.All(char.IsAsciiDigit)
            // The largest number is the system's word for "no user".
            ? uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < uint.MaxValue
            : text[0] != '-' && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.'));

    private static bool IsVariable(string text) =>
        text.Length is > 0 and <= 64 && !char.IsAsciiDigit(text[0]) && text.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
