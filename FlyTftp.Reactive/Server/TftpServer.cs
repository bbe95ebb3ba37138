using System.Reactive.Linq;
using FlyTftp.Reactive.Content;

namespace FlyTftp.Reactive.Server;

/// <summary>
/// Puts the parts of the running server together: binds, starts the loops, and on request lets them run out. What a user can mend is
/// returned as one line; the rest is in the log.
/// </summary>
public static class TftpServer
{
    /// <summary>Serves until <paramref name="stopping"/> is cancelled and running sessions have ended, or <c>--drain</c> is over.</summary>
    /// <param name="tap">Who else wants to see what passes; <c>null</c>: nobody.</param>
    /// <returns><c>null</c> after an orderly stop; otherwise why it cannot serve, in one line.</returns>
    public static async Task<string?> RunAsync(ServerOptions options, ServerLog log, ServerTap? tap, CancellationToken stopping)
    {
        if (!ContentAccess.TryOpenRoot(options.Root, out var opener, out var notice, out var error)) return error;
        List<IUdpPort> ports;
        try
        {
            ports = OpenPorts(options);
        }
        catch (PortException failure)
        {
            return failure.Message;
        }

        using var worker = new ContentWorker();
        await using var pump = new NotePump(log, log.Record);
        var limits = options.ToSessionLimits(new PathMtu().BlockSizeMax);
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loops = ports.Select((port, number) => new ServerLoop(
            $"loop {number + 1}", port, post => new DirectoryStore(opener, new ContentCache(), worker, post), limits,
            tap ?? (log.IsTraceEnabled ? PacketLog(log) : null), pump.Post, failure => failed.TrySetResult(failure))).ToList();

        if (notice is not null) log.Notice(notice);
        log.Serving(options.Root, options.Allow == ExtensionSet.Default ? "the default list" : options.Allow.ToString());
        foreach (var bound in ports[0].LocalEndpoints) log.Listening(bound);
        loops.ForEach(loop => loop.Start());
        try
        {
            return await ServeAsync(loops, options, log, failed.Task, stopping).ConfigureAwait(false);
        }
        finally
        {
            var cutOff = loops.Sum(loop => loop.ActiveSessions);
            loops.ForEach(loop => loop.Dispose());
            log.Stopped(cutOff);
        }
    }

    private static async Task<string?> ServeAsync(
        List<ServerLoop> loops, ServerOptions options, ServerLog log, Task<Exception> failed, CancellationToken stopping)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(() => stop.TrySetResult());
        if (await Task.WhenAny(stop.Task, failed).ConfigureAwait(false) == failed)
        {
            log.PipelineFailed(await failed.ConfigureAwait(false));
            return "the server has failed; the log has the details";
        }

        log.Draining(loops.Sum(loop => loop.ActiveSessions), options.Drain);
        var drained = Task.WhenAll(loops.Select(loop => loop.DrainAsync()));
        await Task.WhenAny(drained, Task.Delay(options.Drain, CancellationToken.None)).ConfigureAwait(false);
        return null;
    }

    /// <summary>One port for each loop, all bound to the same addresses.</summary>
    private static List<IUdpPort> OpenPorts(ServerOptions options)
    {
        var endpoints = ListenResolver.Resolve(options.Listen);
        var count = UdpPorts.CanShare ? options.Loops : 1;
        var ports = new List<IUdpPort>(count);
        try
        {
            for (var number = 0; number < count; number++)
            {
                ports.Add(UdpPorts.Open(endpoints, isShared: count > 1, options.BusyPoll));
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
