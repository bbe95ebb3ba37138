using FlyTftp.Reactive.Sessions;
using NLog;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>
/// Keeps the log readable under a flood. Every session that has moved a block is a line of its own. What costs a stranger one datagram (a request that
/// nobody acknowledges, a refusal, a stray) is written as long as there is little of it; the rest is counted, and one line for each network and kind
/// tells the count at the end of the interval. So the number of lines is bounded, whoever sends how much from wherever.
/// </summary>
/// <remarks>From any thread.</remarks>
internal sealed class LogFold(ServerLog log, TimeProvider time) : IDisposable
{
    /// <summary>Lines that are counted are told after this long.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Lines of one kind that a network gets in an interval: a ROM that asks its way through a list of names has room.</summary>
    public const int LinesOfNetwork = 50;

    /// <summary>Lines a second that all of them get, and how many more at once after a time of quiet.</summary>
    public const int LinesPerSecond = 20, LinesAtOnce = 200;

    /// <summary>Networks and kinds that are counted apart; beyond that there is one count for each kind.</summary>
    public const int CountsMax = 1024;

    /// <summary>Lines that tell a count, the largest first; what is left is told as one.</summary>
    public const int CountsTold = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Endpoint Network, string Kind), Count> _counts = [];
    private long _refilled = time.GetTimestamp();
    private double _lines = LinesAtOnce;
    private ITimer? _timer;

    private sealed class Count(LogLevel level)
    {
        public LogLevel Level => level;
        public int Lines { get; set; }
        public long Folded { get; set; }
    }

    /// <summary>Whether a record must not be lost, nor be crowded out: that of a client that has received something.</summary>
    public static bool IsServed(SessionNote note) => note is SessionEnded { Blocks: > 0 };

    public void Record(SessionNote note, DateTimeOffset at)
    {
        if (note is SessionBegan) return;
        // Once each, and not to be lost among the rest.
        if (note is Ignored ignored) log.TellLimit(ignored, at);
        var level = log.LevelOf(note);
        if (!log.IsEnabled(level)) return;
        if (IsServed(note) || HasLine(note, level)) log.Record(note, at);
    }

    /// <summary>Tells what is counted so far.</summary>
    public void Flush()
    {
        List<KeyValuePair<(Endpoint Network, string Kind), Count>> folded;
        lock (_gate)
        {
            folded = [.. _counts.Where(entry => entry.Value.Folded > 0).OrderByDescending(entry => entry.Value.Folded)];
            _counts.Clear();
            _timer?.Dispose();
            _timer = null;
        }

        foreach (var (key, count) in folded.Take(CountsTold)) log.Folded(count.Level, count.Folded, Name(key.Network), key.Kind, Interval);
        foreach (var rest in folded.Skip(CountsTold).GroupBy(entry => entry.Value.Level))
            log.Folded(rest.Key, rest.Sum(entry => entry.Value.Folded), $"{rest.Select(entry => entry.Key.Network).Distinct().Count()} other networks", "all kinds", Interval);
    }

    public void Dispose() => Flush();

    private bool HasLine(SessionNote note, LogLevel level)
    {
        lock (_gate)
        {
            // From the first line of an interval on, so that what the network gets is what it gets in that time.
            _timer ??= time.CreateTimer(_ => Flush(), null, Interval, Timeout.InfiniteTimeSpan);
            var key = (NetworkOf(note.Flow.Remote), KindOf(note));
            if (!_counts.TryGetValue(key, out var count))
            {
                if (_counts.Count >= CountsMax) key = (default, key.Item2);
                if (!_counts.TryGetValue(key, out count)) _counts.Add(key, count = new Count(level));
            }

            if (count.Lines < LinesOfNetwork && TakeLine())
            {
                count.Lines++;
                return true;
            }

            count.Folded++;
            return false;
        }
    }

    private bool TakeLine()
    {
        var now = time.GetTimestamp();
        _lines = Math.Min(LinesAtOnce, _lines + time.GetElapsedTime(_refilled, now).TotalSeconds * LinesPerSecond);
        _refilled = now;
        if (_lines < 1) return false;
        _lines--;
        return true;
    }

    private static string KindOf(SessionNote note) => note switch
    {
        SessionEnded ended => ended.Outcome.Name(),
        Ignored ignored => ignored.Reason.ToString(),
        BlockSizeLowered => nameof(BlockSizeLowered),
        _ => nameof(Withheld),
    };

    /// <summary>A /24 or a /56: what one attacker can have whole, as an address without a port.</summary>
    private static Endpoint NetworkOf(Endpoint remote) => remote.IsIPv4
        ? Endpoint.IPv4((uint)remote.Low & 0xFFFF_FF00, 0)
        : new Endpoint(remote.High & 0xFFFF_FFFF_FFFF_FF00, 0, 0);

    private static string Name(Endpoint network) => network == default ? "other networks" : $"{network.Address}/{(network.IsIPv4 ? 24 : 56)}";
}
