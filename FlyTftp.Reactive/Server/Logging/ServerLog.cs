using System.Globalization;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;
using NLog;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>
/// Everything the server says, each event one method with a name and a number that do not change: 1 to 29 the program, 30 to 49
/// sessions, 50 and up single datagrams. What came from the network is always a value and never part of a template, and its control
/// characters are escaped.
/// </summary>
internal sealed class ServerLog(LogFactory factory) : IDisposable
{
    private const string
        Sent = "{outcome:l} \"{file:l}\" to {peer:l}: {bytes} bytes in {durationMs} ms, {retransmissions} resent",
        NotSent = "{outcome:l} \"{file:l}\" to {peer:l}: {detail:l}; {bytes} bytes in {durationMs} ms, {retransmissions} resent",
        NotServed = "{outcome:l} \"{file:l}\" to {peer:l}: {detail:l}",
        RolledOver = "; more than 65535 blocks: block numbers roll over to 0, which a Raspberry Pi 5 does not support";

    private const string DropsTemplate = "{count} log events dropped: the log is too slow";

    // Touched by the one consumer of the notes.
    private readonly HashSet<IgnoreReason> _limitsTold = [];
    private readonly Logger _logger = factory.GetLogger("flytftp");
    private LogQueue? _queue;

    /// <summary>Where the log's rules were read from, as a full path; <c>null</c>: the built-in ones.</summary>
    public string? RulesFile { get; init; }

    /// <summary>Where the server's own health probe asks from. Its downloads are told at Debug: somebody asks for them every few seconds, for ever.</summary>
    public Endpoint? Probe { get; set; }

    internal LogFactory Factory => factory;

    /// <summary>One field to read: ask before <see cref="Received"/> and <see cref="Sending"/>, so that packet lines cost nothing when off.</summary>
    public bool IsTraceEnabled => _logger.IsTraceEnabled;

    /// <summary>Events lost because the output took them too slowly. From any thread.</summary>
    public long DroppedEvents => _queue?.Dropped ?? 0;

    /// <summary>
    /// From now on nobody waits for the output (<see cref="LogQueue"/>). Not from the start: it begins a thread, and a server confines itself before
    /// there is one.
    /// </summary>
    public void BeginQueueing() => _queue ??= new LogQueue(
        _logger.Log, lost => Entry(LogLevel.Warn, 9, nameof(NotesDropped), DropsTemplate, [lost]));

    public void RulesLoaded(string file) => Write(LogLevel.Debug, 1, nameof(RulesLoaded), "log rules from {file:l}", file);

    public void BuiltInRules(string folders) =>
        Write(LogLevel.Info, 2, nameof(BuiltInRules), "no nlog.config in {folders:l}: using the built-in log rules", folders);

    /// <param name="allowed">The list of extensions, or what to call it.</param>
    public void Serving(string root, string allowed) =>
        Write(LogLevel.Info, 3, nameof(Serving), "serving {root:l}, extensions: {allowed:l}", Printable.Escape(root), Printable.Escape(allowed));

    /// <summary>What the platform lacks, and what is done instead.</summary>
    public void Notice(string text) => Write(LogLevel.Info, 12, nameof(Notice), "{notice:l}", Printable.Escape(text));

    /// <summary>Two files whose names differ in case only, with <c>--ignore-case</c>.</summary>
    public void AmbiguousName(string taken, string other) => Write(LogLevel.Warn, 15, nameof(AmbiguousName),
        "\"{file:l}\" and \"{other:l}\" differ in case only: the first is served to whoever writes neither", Printable.Escape(taken), Printable.Escape(other));

    /// <summary>After SIGHUP.</summary>
    public void Reloaded(int rules, int templates) =>
        Write(LogLevel.Info, 16, nameof(Reloaded), "configuration read again: {rules} rules, {templates} templates", rules, templates);

    /// <summary>After SIGHUP.</summary>
    public void NotReloaded(string reason) =>
        Write(LogLevel.Error, 17, nameof(NotReloaded), "configuration not changed: {reason:l}", Printable.Escape(reason));

    public void RootReplaced(string problem) => Write(LogLevel.Error, 18, nameof(RootReplaced), "{problem:l}", Printable.Escape(problem));

    /// <summary>What the process has given up, step by step.</summary>
    public void Confined(string steps) => Write(LogLevel.Info, 13, nameof(Confined), "confined: {steps:l}", Printable.Escape(steps));

    /// <param name="bound">The address as bound, with the port that was given for port 0.</param>
    public void Listening(Endpoint bound) => Write(LogLevel.Info, 4, nameof(Listening), "listening on {local:l}", bound.ToString());

    public void HttpListening(Endpoint bound) =>
        Write(LogLevel.Info, 5, nameof(HttpListening), "health and metrics on http {local:l}", bound.ToString());

    /// <param name="sessions">Still running.</param>
    public void Draining(int sessions, TimeSpan patience) => Write(LogLevel.Info, 6, nameof(Draining),
        "stopping: {sessions} running sessions have {seconds} s to finish", sessions, patience.TotalSeconds);

    /// <param name="sessions">Cut off.</param>
    public void Stopped(int sessions) => Write(LogLevel.Info, 7, nameof(Stopped), "stopped, {sessions} sessions cut off", sessions);

    /// <summary>The log or the metrics were too slow.</summary>
    /// <param name="count">Notes lost since the last time this was said.</param>
    public void NotesDropped(long count) => Write(LogLevel.Warn, 9, nameof(NotesDropped), DropsTemplate, count);

    /// <summary>A bug: whoever was told about a session threw.</summary>
    public void SinkFailed(Exception exception) => Write(LogLevel.Error, exception, 10, nameof(SinkFailed), "cannot process a session event");

    /// <summary>A bug, or a dead socket: the query has ended, and the program with it.</summary>
    public void PipelineFailed(Exception exception) => Write(LogLevel.Fatal, exception, 11, nameof(PipelineFailed), "pipeline failed");

    /// <param name="count">Events of that kind that have no line of their own.</param>
    /// <param name="network">A prefix, or what to call many.</param>
    internal void Folded(LogLevel level, long count, string network, string kind, TimeSpan interval) => Write(level, 34, nameof(Folded),
        "{count} more like this from {network:l} in {seconds} s: {kind:l}", count, network, interval.TotalSeconds, kind);

    internal bool IsEnabled(LogLevel level) => _logger.IsEnabled(level);

    /// <summary>The level at which <see cref="Record"/> writes a note.</summary>
    internal LogLevel LevelOf(SessionNote note) => note switch
    {
        SessionEnded ended when ended.Flow.Remote == Probe => LogLevel.Debug,
        SessionEnded ended => LevelOf(ended.Outcome),
        BlockSizeLowered { } => LogLevel.Warn,
        _ => LogLevel.Debug,
    };

    /// <summary>Any note, by what it is.</summary>
    /// <param name="at">By the wall clock of that moment: a loop's own time only tells intervals.</param>
    public void Record(SessionNote note, DateTimeOffset at)
    {
        switch (note)
        {
            case SessionEnded ended: SessionEnded(ended, at); break;
            case Ignored ignored: Ignored(ignored, at); break;
            case Withheld withheld: Withheld(withheld, at); break;
            case BlockSizeLowered lowered: BlockSizeLowered(lowered, at); break;
        }
    }

    /// <summary>The one event of a session, stamped with the time at which it ended, however late it is written.</summary>
    public void SessionEnded(SessionEnded ended, DateTimeOffset at)
    {
        var level = LevelOf(ended);
        if (!_logger.IsEnabled(level)) return;
        var (peer, file, outcome) = (ended.Flow.Remote.ToString(), Printable.Quote(ended.Request.FileName), ended.Outcome.Name());
        var detail = ended.Detail is null ? null : Printable.Escape(ended.Detail);
        var duration = Math.Round(ended.Duration.TotalMilliseconds, 1);
        var rollover = HasRolledOver(ended);

        var (template, values) = (ended.Outcome, detail) switch
        {
            (Outcome.Refused, not null) => (NotServed, new object?[] { outcome, file, peer, detail }),
            (_, null) => (Sent, [outcome, file, peer, ended.Bytes, duration, ended.Retransmissions]),
            _ => (NotSent, [outcome, file, peer, detail, ended.Bytes, duration, ended.Retransmissions]),
        };
        var entry = Entry(level, 30, nameof(SessionEnded), rollover ? template + RolledOver : template, values);
        entry.Exception = ended.Bug;
        entry.TimeStamp = at.UtcDateTime;

        // What the template names is a property already. Naming it twice is an exception thrown and caught inside NLog, each time.
        var properties = entry.Properties;
        if (detail is null) properties["detail"] = null;
        if (template == NotServed)
        {
            properties["bytes"] = ended.Bytes;
            properties["durationMs"] = duration;
            properties["retransmissions"] = ended.Retransmissions;
        }

        properties["local"] = ended.Flow.Local.ToString();
        properties["mode"] = Printable.Escape(ended.Request.Mode);
        properties["options"] = Printable.Escape(ended.Granted.ToString());
        properties["refusal"] = ended.Refusal is { } refusal ? refusal.ToString() : null;
        properties["size"] = ended.Size;
        properties["blocks"] = ended.Blocks;
        properties["rttMs"] = ended.RoundTrip is { } rtt ? Math.Round(rtt.TotalMilliseconds, 3) : null;
        properties["rollover"] = rollover;
        Log(entry);
    }

    /// <summary>
    /// At Debug, since strangers can cause it. That a limit was met is told as a warning as well, once for each limit: from then on the
    /// metric <c>flytftp_ignored_datagrams_total</c> counts.
    /// </summary>
    public void Ignored(Ignored ignored, DateTimeOffset at)
    {
        TellLimit(ignored, at);
        WriteAt(at, LogLevel.Debug, 31, nameof(Ignored), "ignored from {peer:l}: {reason:l} {detail:l}",
            ignored.Flow.Remote.ToString(), ignored.Reason.ToString(), ignored.Detail ?? "");
    }

    /// <summary>Of <see cref="Ignored"/> the warning alone.</summary>
    internal void TellLimit(Ignored ignored, DateTimeOffset at)
    {
        if (ignored.Reason is IgnoreReason.TooManySessions or IgnoreReason.Busy && _limitsTold.Add(ignored.Reason))
        {
            LimitReached(at, ignored.Reason == IgnoreReason.Busy ? ignored.Detail! : "too many sessions (--sessions-max, or the limit of open files)");
        }
    }

    private void LimitReached(DateTimeOffset at, string limit) => WriteAt(at, LogLevel.Warn, 33, nameof(LimitReached),
        "{limit:l}: requests are not answered until there is room, and clients ask again; not said again", limit);

    public void Withheld(Withheld withheld, DateTimeOffset at) => WriteAt(at, LogLevel.Debug, 32, nameof(Withheld),
        "withheld {bytes} bytes from {peer:l}: sender not verified; budget exhausted", withheld.Bytes, withheld.Flow.Remote.ToString());

    /// <summary>A client gets smaller blocks than it asked for, since larger ones seem to be lost on the way.</summary>
    public void BlockSizeLowered(BlockSizeLowered lowered, DateTimeOffset at) => WriteAt(at, LogLevel.Warn, 37, nameof(BlockSizeLowered),
        "blocks of {from} bytes do not seem to reach {peer:l}: granted {to}; --blksize-max {to2} settles it for all clients",
        lowered.From, lowered.Flow.Remote.ToString(), lowered.To, lowered.To);

    /// <summary>A boot that has ended: one line, and a warning for what is wrong.</summary>
    public void BootOver(Boot boot)
    {
        if (boot.Findings.Count == 0)
            Write(LogLevel.Info, 35, nameof(BootOver), "boot {story:l}: {files} files, {bytes} bytes in {seconds} s",
                boot.Title, boot.Files, boot.Bytes, Math.Round((boot.LastAt - boot.Started).TotalSeconds, 1));
        else
            Write(LogLevel.Warn, 36, "BootFinding", "boot {story:l}: {files} files, {bytes} bytes in {seconds} s; {finding:l}{more:l}",
                boot.Title, boot.Files, boot.Bytes, Math.Round((boot.LastAt - boot.Started).TotalSeconds, 1), boot.Findings[0].Text,
                boot.Findings.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {boot.Findings.Count - 1} more)") : "");
    }

    /// <summary>At Trace, as the RFCs draw it: <c>192.0.2.7:2070 --> ACK 3</c>.</summary>
    public void Received(in Datagram datagram)
    {
        if (!_logger.IsTraceEnabled) return;
        Write(LogLevel.Trace, 50, nameof(Received), "{peer:l} --> {packet:l}", datagram.Flow.Remote.ToString(), datagram.Read().ToString());
    }

    /// <summary>At Trace: <c>192.0.2.7:2070 &lt;-- DATA 4..7</c>; a note is not sent and not written.</summary>
    public void Sending(in Emission emission)
    {
        if (!_logger.IsTraceEnabled || emission.Peer is not { } peer || emission.Kind is EmissionKind.Note) return;
        Write(LogLevel.Trace, 51, nameof(Sending), emission.IsRepeat ? "{peer:l} <-- {packet:l} again" : "{peer:l} <-- {packet:l}",
            peer.Flow.Remote.ToString(), emission.ToString());
    }

    /// <summary>What would be written to the terminal goes there instead from now on.</summary>
    internal void Redirect(Stream output)
    {
        foreach (var target in factory.Configuration?.AllTargets.OfType<TerminalTarget>() ?? []) target.Redirect(output);
    }

    /// <summary>Flushes and closes the targets, unless one of them hangs.</summary>
    public void Dispose()
    {
        // A target that is being written to holds the lock that closing it takes.
        if (_queue?.Close() ?? true) factory.Dispose();
    }

    // A refusal is an everyday answer, as PXELINUX asks its way through a list of names; silence in mid-file is not.
    private static LogLevel LevelOf(Outcome outcome) => outcome switch
    {
        Outcome.GaveUp => LogLevel.Warn,
        Outcome.Faulted => LogLevel.Error,
        _ => LogLevel.Info,
    };

    private static bool HasRolledOver(SessionEnded ended)
    {
        var blockSize = ended.Granted.TryGet(OptionSet.BlockSize, out var option) && option.TryGetNumber(out var granted)
            ? granted
            : TransferParameters.DefaultBlockSize;
        return ended.Size / blockSize >= ushort.MaxValue || ended.Blocks > ushort.MaxValue;
    }

    private void Write(LogLevel level, int id, string name, string template, params object?[] values)
    {
        if (_logger.IsEnabled(level)) Log(Entry(level, id, name, template, values));
    }

    private void WriteAt(DateTimeOffset at, LogLevel level, int id, string name, string template, params object?[] values)
    {
        if (!_logger.IsEnabled(level)) return;
        var entry = Entry(level, id, name, template, values);
        entry.TimeStamp = at.UtcDateTime;
        Log(entry);
    }

    private void Log(LogEventInfo entry)
    {
        if (_queue is { } queue) queue.Post(entry);
        else _logger.Log(entry);
    }

    private void Write(LogLevel level, Exception exception, int id, string name, string message)
    {
        var entry = Entry(level, id, name, message, []);
        entry.Exception = exception;
        Log(entry);
    }

    private LogEventInfo Entry(LogLevel level, int id, string name, string template, object?[] values)
    {
        var entry = new LogEventInfo(level, _logger.Name, CultureInfo.InvariantCulture, template, values);
        entry.Properties["event"] = name;
        entry.Properties["eventId"] = id;
        return entry;
    }
}
