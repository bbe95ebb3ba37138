using System.Net;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Sessions;
using NLog;
using NLog.Config;
using NLog.Targets;

namespace FlyTftp.Reactive.Tests.Server.Logging;

/// <summary>A log whose events are kept, and notes to put into it.</summary>
internal sealed class LogProbe : IDisposable
{
    private readonly Keeper _keeper = new();

    public LogProbe(LogLevel level)
    {
        var factory = new LogFactory();
        var rules = new LoggingConfiguration(factory);
        rules.AddRule(level, LogLevel.Fatal, _keeper);
        factory.Configuration = rules;
        Log = new ServerLog(factory);
    }

    public static Flow Flow { get; } = new(
        Endpoint.From(IPAddress.Parse("192.0.2.7"), 2070), Endpoint.From(IPAddress.Parse("198.51.100.1"), 69));

    public static Request Request { get; } = new("boot.ipxe", "octet", new OptionSet(new("blksize", "65464"), new("tsize", "0")));

    public static SessionEnded Ended { get; } = new(
        Flow, Request, new OptionSet(new("blksize", "1428"), new("tsize", "3000")), Outcome.Complete, null, null,
        Size: 3000, Bytes: 3000, Blocks: 3, Retransmissions: 1, TimeSpan.FromMicroseconds(1250),
        new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), TimeSpan.FromMilliseconds(35.25));

    /// <summary>When notes were posted, by a wall clock that is not the loop's.</summary>
    public static DateTimeOffset At { get; } = new(2027, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ServerLog Log { get; }

    public IReadOnlyList<LogEventInfo> Events => _keeper.Events;

    public LogEventInfo Only => Events.Count == 1 ? Events[0] : throw new InvalidOperationException($"{Events.Count} events");

    public void Dispose() => Log.Dispose();

    private sealed class Keeper : Target
    {
        private readonly List<LogEventInfo> _events = [];

        public IReadOnlyList<LogEventInfo> Events
        {
            get
            {
                lock (_events) return [.. _events];
            }
        }

        protected override void Write(LogEventInfo logEvent)
        {
            lock (_events) _events.Add(logEvent);
        }
    }
}
