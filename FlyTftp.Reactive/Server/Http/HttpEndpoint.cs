using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>
/// Health and metrics for <c>--http</c>. What needs rights is done in <see cref="Bind"/>, the rest in <see cref="Start"/>: threads that
/// are there before the process confines itself would stay outside.
/// </summary>
internal sealed class HttpEndpoint : IDisposable
{
    private readonly Func<Socket> _listener;
    private readonly Func<Socket> _probe;
    private readonly HttpLimits _limits = new();
    private readonly CancellationTokenSource _stopping = new();

    private HttpEndpoint(Func<Socket> listener, Func<Socket> probe, Endpoint server)
    {
        (_listener, _probe) = (listener, probe);
        Server = server;
    }

    /// <summary>How many descriptors it may have open beside those that are open from the start: connections and the runtime's own.</summary>
    public int DescriptorsMax => _limits.Connections + 4;

    private Endpoint Server { get; }

    /// <summary>Where the health probe asks from; <c>null</c> before <see cref="Start"/>.</summary>
    public Endpoint? ProbeSource { get; private set; }

    /// <param name="server">One of the addresses that TFTP is served on.</param>
    /// <exception cref="PortException">The port cannot be had; the message says what to do.</exception>
    public static HttpEndpoint Bind(ListenAddress http, Endpoint server)
    {
        var endpoint = ListenResolver.Resolve([http])[0];
        var limits = new HttpLimits();
        var here = new IPEndPoint(server.IsIPv4 || server.IsWildcard ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0);
        if (OperatingSystem.IsLinux())
        {
            var listener = EarlySocket.Listen(endpoint, limits.Connections);
            var probe = EarlySocket.BindDatagram(here);
            return new HttpEndpoint(listener.ToSocket, probe.ToSocket, server);
        }

        var portable = HttpServer.Listen(endpoint, limits);
        return new HttpEndpoint(() => portable, () => Bound(here), server);
    }

    /// <summary>Serves until it is disposed.</summary>
    /// <param name="rootProblem">Why the root is not the one that is meant; <c>null</c>: it is.</param>
    /// <param name="pages">Makes the live page's routes from the way to ask for the server's health; <c>null</c>: no page.</param>
    public void Start(
        string root, IFileOpener opener, ExtensionSet extensions, Func<string?> rootProblem, Func<bool> isDraining, ServerMetrics metrics, ServerLog log,
        Func<Func<Task<ProbeResult>>, Func<HttpRequestHead, HttpHandler?>>? pages = null)
    {
        var target = Server.IsWildcard ? new IPEndPoint(IPAddress.Loopback, Server.Port) : Server.ToIPEndPoint();
        var probe = new LoopbackProbe(_probe(), target, () => SmallFile(root, opener, extensions));
        ProbeSource = probe.Source;
        var shared = new SharedProbe(Probe, HealthRoutes.ProbeIsFreshFor, HealthRoutes.ProbeTimeout, TimeProvider.System);
        var server = new HttpServer(
            _listener(), HealthRoutes.Build(shared, isDraining, metrics.WriteText, () => metrics.IsFull), _limits, TimeProvider.System, log.SinkFailed, pages?.Invoke(shared.AskAsync));
        log.HttpListening(Endpoint.From(server.LocalEndPoint));
        _ = RunAsync(server, probe);

        // Of a root that was deleted or replaced "not found" may be all that is left, which a download takes for an answer.
        ValueTask<ProbeResult> Probe(CancellationToken deadline) =>
            !opener.IsRootThere ? ValueTask.FromResult(new ProbeResult(false, "the root directory was deleted: restart the server when there is a new one"))
            : rootProblem() is { } problem ? ValueTask.FromResult(new ProbeResult(false, problem))
            : probe.RunAsync(deadline);
    }

    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync(HttpServer server, LoopbackProbe probe)
    {
        using (server)
        using (probe) await server.RunAsync(_stopping.Token).ConfigureAwait(false);
    }

    private static Socket Bound(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(endpoint);
        return socket;
    }

    /// <summary>The smallest file that is served: a probe is no load.</summary>
    private static string? SmallFile(string root, IFileOpener opener, ExtensionSet extensions) => new DirectoryInfo(root).EnumerateFiles()
        .Where(file => extensions.Allows(file.Name))
        .OrderBy(file => file.Length).Select(file => file.Name).FirstOrDefault(name => CanBeServed(name, opener));

    // A link that leads away and a file that only others may read have good names too.
    private static bool CanBeServed(string name, IFileOpener opener)
    {
        if (!SafePath.TryParse(name, flat: false, out var path) || opener.Open(path, mayBlock: true).File is not { } file) return false;
        file.Dispose();
        return true;
    }
}
