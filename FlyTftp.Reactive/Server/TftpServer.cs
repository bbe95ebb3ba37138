using System.Buffers.Binary;
using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Cache;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Files;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Server.Page;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Server.Reload;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Server;

/// <summary>Shows the running server in its own process, until it is cancelled. Never faults.</summary>
/// <param name="state">Takes a picture of the server.</param>
internal delegate Task ServerWatch(LiveView live, Func<ServerState> state, CancellationToken stopping);

/// <summary>
/// Puts the parts of the running server together: binds, starts the loops, and on request lets them run out. What a user can mend is
/// returned as one line; the rest is in the log.
/// </summary>
internal static class TftpServer
{
    /// <summary>How long a loop that does not come round may hold up the stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Descriptors for the log's files, the runtime, and files that are closed a little later than their sessions end.</summary>
    private const int SpareDescriptors = 16;

    /// <summary>Serves until <paramref name="stopping"/> is cancelled and running sessions have ended, or <c>--drain</c> is over.</summary>
    /// <param name="tap">Who else wants to see what passes; <c>null</c>: nobody.</param>
    /// <param name="watch">Who shows the running server; <c>null</c>: nobody.</param>
    /// <param name="onConfined">
    /// Called when all rights that serving does not need are given up: from then on threads may be started. Its argument reads the configuration anew.
    /// </param>
    /// <returns><c>null</c> after an orderly stop; otherwise why it cannot serve, in one line.</returns>
    internal static Task<string?> RunAsync(
        ServerOptions options, ServerLog log, ServerTap? tap, Action<Action> onConfined, CancellationToken stopping, ServerWatch? watch = null)
    {
        var descriptors = OperatingSystem.IsLinux() ? DescriptorLimit.Raise() : long.MaxValue;
        // Not async: what happens before the first thread must happen on the main one.
        List<IUdpPort> ports;
        HttpEndpoint? http = null;
        try
        {
            ports = OpenPorts(options);
            if (options.Http is { } address) http = HttpEndpoint.Bind(address, ports[0].LocalEndpoints[0]);
        }
        catch (PortException failure)
        {
            return Task.FromResult<string?>(failure.Message);
        }

        var mtu = new PathMtu();
        var figures = ProcessFigures.Open(TimeProvider.System);
        // Once before, so that a missing root is called by the name the user knows, and once as whoever it is that serves.
        if (!ContentAccess.TryOpenRoot(options.Root, RootPath.Unknown, out var asStarted, out _, out var error)) return Task.FromResult<string?>(error);
        asStarted.Dispose();
        var names = ContentAccess.NamesOf(options.Root);
        string[] kept = [.. new[] { options.Rules, options.EnvironmentFile, log.RulesFile }.OfType<string>().Select(Path.GetFullPath)];
        if (!ServerRights.TryDropRights(options, log, kept, out var root, out var keeper, out error)) return Task.FromResult<string?>(error);
        var files = new ConfigFiles(kept, Path.GetFullPath(options.Root), keeper);
        if (!ContentAccess.TryOpenRoot(root, names, out var opener, out var notice, out error))
            return Task.FromResult<string?>(options.Hardening == HardeningMode.Off && options.User is null ? error : ServerRights.NotReadable(options));

        if (tap?.Begin() is { } obstacle) return Task.FromResult<string?>(obstacle);
        if (notice is not null) log.Notice(notice);
        if (options.AnswersBroadcasts && !ports[0].HearsBroadcasts)
            log.Notice("no broadcast comes in on these addresses: --broadcast answer needs --listen 0.0.0.0:69 or [::]:69");
        if (options.IgnoreCase) opener = new IgnoreCaseOpener(opener, log.AmbiguousName);
        var loader = new PolicyLoader(names, opener, files, log);
        if (!loader.TryLoad(options, Reloader.EnvironmentOf(options, files), out var policy, out error)) return Task.FromResult<string?>(error);
        var served = new ServedNames(policy);
        var rootWatch = new RootWatch(files, options.Root, log.RootReplaced);
        onConfined(new Reloader(options, loader, files, rootWatch, served, log).Reload);
        log.BeginQueueing();
        var limits = options.ToSessionLimits(mtu.BlockSizeMax) with { Names = served, BlockSizes = new PathBlockSizes() };
        var sessions = SessionsWithin(descriptors, figures, http);
        if (sessions < limits.SessionsMax)
            log.Notice($"the system allows {descriptors} open files, so {sessions} transfers at a time instead of {limits.SessionsMax} (raise ulimit -n)");
        limits = limits with { SessionsMax = Math.Min(sessions, limits.SessionsMax) };
        return RunAsync(options, limits.DividedBy(ports.Count), root, opener, rootWatch, ports, http, figures, log, tap, watch, stopping);
    }

    private static async Task<string?> RunAsync(
        ServerOptions options, SessionLimits limits, string root, IFileOpener opener, RootWatch rootWatch, List<IUdpPort> ports, HttpEndpoint? http, ProcessFigures figures,
        ServerLog log, ServerTap? tap, ServerWatch? watch, CancellationToken stopping)
    {
        using var worker = new ContentWorker();
        var caches = ports.Select(_ => ContentCache.OneOf(ports.Count)).ToList();
        var loops = new List<ServerLoop>();
        var watchdog = new LoopWatchdog(loops, TimeProvider.System);
        var records = watch is not null || options is { Page: true, Http: not null };
        NotePump? pump = null;
        LiveView? view = null;
        using var metrics = new ServerMetrics(new MetricSources
        {
            ActiveSessions = () => loops.Sum(loop => loop.ActiveSessions),
            UnsentDatagrams = () => loops.Sum(loop => loop.UnsentDatagrams),
            UnreadDatagrams = () => loops.Sum(loop => loop.UnreadDatagrams),
            DroppedNotes = () => (pump?.Dropped ?? 0) + log.DroppedEvents,
            CacheHits = () => caches.Sum(cache => cache.Hits),
            CacheMisses = () => caches.Sum(cache => cache.Misses),
            CacheBytes = () => caches.Sum(cache => cache.Bytes),
            HistoryBoots = () => view?.History.Count ?? 0,
            HistoryBytes = () => view?.History.Bytes ?? 0,
            Viewers = () => view?.Viewers ?? 0,
            LoopLag = () => watchdog.Lag,
            Process = figures,
        });
        using var live = view = new LiveView(records ? options.HistoryBytes : 0, loops, log, TimeProvider.System, metrics.Record, new NearestNames(opener, options.Allow, TimeProvider.System).Find);
        using var fold = new LogFold(log, TimeProvider.System);
        await using var notes = pump = new NotePump(log, TimeProvider.System, fold.Record, (note, _) => metrics.Record(note), (note, _) => live.Record(note));
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        tap ??= log.IsTraceEnabled ? PacketLog(log) : null;
        loops.AddRange(ports.Select((port, number) => new ServerLoop(
            $"loop {number + 1}", port, post => new DirectoryStore(opener, caches[number], worker, post), limits with { Key = NewKey() }, tap,
            pump.Post, failure => failed.TrySetResult(failure), records)));

        log.Serving(options.Root, options.Allow == ExtensionSet.Default ? "the default list" : options.Allow.ToString());
        foreach (var bound in ports[0].LocalEndpoints) log.Listening(bound);
        var started = TimeProvider.System.GetUtcNow();
        var listening = ports[0].LocalEndpoints.Select(static bound => bound.ToString()).ToList();
        loops.ForEach(loop => loop.Start());
        using var httpSide = http;
        http?.Start(root, opener, options.Allow, rootWatch.Check, () => stopping.IsCancellationRequested, metrics, log, options.Page ? Pages(live, State, options.HttpName, stopping) : null);
        log.Probe = live.Probe = http?.ProbeSource;
        _ = live.RunAsync();
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watcher = watch?.Invoke(live, State, watched.Token) ?? Task.CompletedTask;
        using var watching = new CancellationTokenSource();
        _ = WatchAsync(watchdog, failed, watching.Token);
        // Whoever has no health check is told by the log.
        await using var looking = new Timer(_ => rootWatch.Check(), null, RootWatch.Interval, RootWatch.Interval);
        try
        {
            return await ServeAsync(loops, options, log, failed.Task, stopping).ConfigureAwait(false);
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await watched.CancelAsync().ConfigureAwait(false);
            // A terminal that was stopped (Ctrl-S) must not hold up the end.
            await Task.WhenAny(watcher, Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false);
            var cutOff = loops.Sum(loop => loop.ActiveSessions);
            loops.ForEach(loop => loop.Dispose());
            // The records of the last sessions stand before the last line.
            await notes.DisposeAsync().ConfigureAwait(false);
            log.Stopped(cutOff);
        }

        ServerState State() => new(
            ProgramVersion.Number, started, "", "", loops.Sum(static loop => loop.ActiveSessions), (long)limits.SessionsMax * loops.Count, listening, options.Root);
    }

    private static Func<Func<Task<ProbeResult>>, Func<HttpRequestHead, HttpHandler?>> Pages(
        LiveView live, Func<ServerState> state, string? hostName, CancellationToken stopping) => health =>
        new PageRoutes(live.Follow(async () =>
        {
            var probed = await health().ConfigureAwait(false);
            return state() with
            {
                Health = stopping.IsCancellationRequested ? "draining" : probed.IsHealthy ? "ok" : "failing",
                HealthDetail = probed.Detail,
            };
        }), live.History, hostName).Find;

    /// <summary>For each loop's chance another, which no stranger can know.</summary>
    // Not System.Security.Cryptography: its generator is OpenSSL's, which the native executable lacks. Elsewhere a Guid's fixed bits meet chance bits of the other.
    private static UInt128 NewKey() => OperatingSystem.IsLinux()
        ? KernelRandom.Key()
        : BinaryPrimitives.ReadUInt128LittleEndian(Guid.NewGuid().ToByteArray())
            ^ UInt128.RotateLeft(BinaryPrimitives.ReadUInt128LittleEndian(Guid.NewGuid().ToByteArray()), 61);

    private static async Task WatchAsync(LoopWatchdog watchdog, TaskCompletionSource<Exception> failed, CancellationToken stopping)
    {
        if (await watchdog.RunAsync(stopping).ConfigureAwait(false) is { } wedged) failed.TrySetResult(wedged);
    }

    private static async Task<string?> ServeAsync(
        List<ServerLoop> loops, ServerOptions options, ServerLog log, Task<Exception> failed, CancellationToken stopping)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(() => stop.TrySetResult());
        if (await Task.WhenAny(stop.Task, failed).ConfigureAwait(false) == failed)
        {
            log.PipelineFailed(await failed.ConfigureAwait(false));
            return "server failed; see the log for details";
        }

        var end = Task.Delay(options.Drain, CancellationToken.None);
        await Task.WhenAny(Task.WhenAll(loops.Select(loop => loop.BeginDrainAsync())), Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false);
        log.Draining(loops.Sum(loop => loop.ActiveSessions), options.Drain);
        await Task.WhenAny(Task.WhenAll(loops.Select(loop => loop.Drained)), end).ConfigureAwait(false);
        return null;
    }

    /// <summary>How many sessions may each hold a file open, beside what is open already and what else may be opened meanwhile; at least 1.</summary>
    private static int SessionsWithin(long descriptors, ProcessFigures figures, HttpEndpoint? http)
    {
        var taken = (figures.CanCountDescriptors ? figures.CountDescriptors() : 0) + SpareDescriptors + (http?.DescriptorsMax ?? 0);
        return (int)Math.Clamp(descriptors - taken, 1, int.MaxValue);
    }

    /// <summary>One port for each loop, all bound to the same addresses.</summary>
    private static List<IUdpPort> OpenPorts(ServerOptions options)
    {
        var endpoints = ListenResolver.Resolve(options.Listen);
        // Each loop's socket would get a broadcast, and each loop would answer; only one of them would get the ACKs.
        var count = UdpPorts.CanShare && !options.AnswersBroadcasts ? options.Loops : 1;
        var ports = new List<IUdpPort>(count);
        try
        {
            for (var number = 0; number < count; number++)
            {
                ports.Add(UdpPorts.Open(endpoints, count == 1 ? PortSharing.None : number == 0 ? PortSharing.First : PortSharing.Further, options.BusyPoll, options.AnswersBroadcasts));
                // Port 0 is chosen for the first and then is the same for all.
                endpoints = [.. ports[0].LocalEndpoints.Select(bound => bound.ToIPEndPoint())];
            }

            return ports;
        }
        catch
        {
            ports.ForEach(port => port.Dispose());
            throw;
        }
    }

    private static ServerTap PacketLog(ServerLog log) => new(
        arrivals => arrivals.Do(datagram => log.Received(datagram)),
        emissions => emissions.Do(emission => log.Sending(emission)));
}
