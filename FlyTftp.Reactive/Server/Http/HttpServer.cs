using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Server.Ports;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>Answers one path. The token is cancelled when the connection's time is up, or when another needs its place: nothing is waited for then.</summary>
internal delegate ValueTask<HttpResponse> HttpHandler(CancellationToken cancellation);

/// <summary>
/// A GET-only HTTP/1.1 server on a plain socket, for health checks and scrapers (docs/adr/0004). One answer a connection; GET and HEAD
/// of the given paths, 404 for others, 405 for other methods, 400 for what is not HTTP. It runs on the thread pool and shares nothing
/// with the loops but what its handlers read.
/// </summary>
internal sealed class HttpServer : IDisposable
{
    private static readonly TimeSpan PauseAfterFailedAccept = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly IReadOnlyDictionary<string, HttpHandler> _routes;
    private readonly HttpLimits _limits;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFault;
    private readonly Func<HttpRequestHead, HttpHandler?>? _pages;
    private readonly SemaphoreSlim _places;
    private readonly OpenConnections _open = new();

    /// <param name="listener">Listens already, so that it can be bound before privileges are dropped. Owned from now on.</param>
    /// <param name="onFault">Told of a handler's exception, which is a bug: the client has got a 500. Called on any thread.</param>
    /// <param name="pages">Asked before <paramref name="routes"/>; <c>null</c> from it: not one of its pages.</param>
    public HttpServer(
        Socket listener, IReadOnlyDictionary<string, HttpHandler> routes, HttpLimits limits, TimeProvider time, Action<Exception> onFault,
        Func<HttpRequestHead, HttpHandler?>? pages = null)
    {
        (_listener, _routes, _limits, _time, _onFault, _pages) = (listener, routes, limits, time, onFault, pages);
        _places = new SemaphoreSlim(limits.Connections);
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>A listener made by the framework, for systems without <see cref="Linux.Sockets.EarlySocket"/>; <c>[::]</c> means IPv4 too.</summary>
    /// <exception cref="PortException">It cannot be bound; the message says what to do.</exception>
    public static Socket Listen(IPEndPoint endpoint, HttpLimits limits)
    {
        var listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
            listener.Bind(endpoint);
            listener.Listen(limits.Connections);
            return listener;
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw PortException.From(endpoint, error);
        }
    }

    /// <summary>Answers until it is cancelled, then returns when the last connection is done. Never faults.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await AcceptAsync(stop).ConfigureAwait(false) is not { } socket) continue;
            if (!_places.Wait(0, CancellationToken.None)) await TakeOverAsync().ConfigureAwait(false);
            _ = ServeAsync(socket);
        }

        for (var place = 0; place < _limits.Connections; place++) await _places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public void Dispose() => _listener.Dispose();

    private Task TakeOverAsync()
    {
        _open.CloseOne();
        return _places.WaitAsync(CancellationToken.None);
    }

    private async Task<Socket?> AcceptAsync(CancellationToken stop)
    {
        try
        {
            return await _listener.AcceptAsync(stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Out of descriptors, or a client that was gone before it was accepted. Without a pause the first would spin.
            await Task.Delay(PauseAfterFailedAccept, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var _ = socket;
            using var deadline = new CancellationTokenSource(_limits.ConnectionTime, _time);
            using var entry = _open.Add((IPEndPoint)socket.RemoteEndPoint!, deadline);
            await new HttpConnection(socket, _limits, deadline).AnswerAsync(RespondAsync, _time).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away or was too slow: its own business.
        }
        finally
        {
            _places.Release();
        }
    }

    private async ValueTask<HttpResponse> RespondAsync(HttpRequestHead request, CancellationToken cancellation)
    {
        if (request.Method is not ("GET" or "HEAD")) return HttpResponse.Text(405, "only GET and HEAD");
        var handler = _pages?.Invoke(request) ?? _routes.GetValueOrDefault(request.Path);
        if (handler is null) return HttpResponse.Text(404, "not found");

        try
        {
            return await handler(cancellation).ConfigureAwait(false);
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            _onFault(bug);
            return HttpResponse.Text(500, "internal error");
        }
    }
}
