using System.Net.Sockets;
using System.Threading.Channels;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>One accepted connection: reads one head, writes one answer. What it throws means that the client is gone or out of time.</summary>
/// <param name="lifetime">Cancelled when the connection's time is up; a stream of events is given time anew for each of them.</param>
internal sealed class HttpConnection(Socket socket, HttpLimits limits, CancellationTokenSource lifetime)
{
    private readonly CancellationToken _deadline = lifetime.Token;

    private readonly byte[] _buffer = new byte[HttpRequestHead.MaxLength];

    public async Task AnswerAsync(Func<HttpRequestHead, CancellationToken, ValueTask<HttpResponse>> respond, TimeProvider time)
    {
        var (status, request) = await ReadHeadAsync().ConfigureAwait(false);
        if (status == Silent) return;

        var response = status switch
        {
            0 => await respond(request, _deadline).ConfigureAwait(false),
            431 => HttpResponse.Text(431, "the request's head is too long"),
            505 => HttpResponse.Text(505, "only HTTP/1.x"),
            _ => HttpResponse.Text(400, "not an HTTP request"),
        };
        using var end = response.OnEnd;
        await SendAsync(response.Encode(time.GetUtcNow(), withBody: request.Method != "HEAD")).ConfigureAwait(false);
        if (response.Events is { } events && request.Method != "HEAD") await SendAsync(events, time).ConfigureAwait(false);
        await LingerAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Sends each event as it comes. The connection lives as long as its client takes them in time; where there is nothing to tell, a comment
    /// line shows whether the client is still there.
    /// </summary>
    private async ValueTask SendAsync(ChannelReader<byte[]> events, TimeProvider time)
    {
        lifetime.CancelAfter(Timeout.InfiniteTimeSpan);
        while (true)
        {
            var next = events.WaitToReadAsync(_deadline).AsTask();
            if (await Task.WhenAny(next, Task.Delay(limits.KeepAlive, time, _deadline)).ConfigureAwait(false) == next && !await next.ConfigureAwait(false)) return;
            lifetime.CancelAfter(limits.ConnectionTime);
            if (!events.TryRead(out var sent)) await SendAsync(KeepAlive).ConfigureAwait(false);
            else await SendAsync(sent).ConfigureAwait(false);
            lifetime.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private static readonly byte[] KeepAlive = ": keep\n\n"u8.ToArray();

    private const int Silent = -1;

    private async ValueTask<(int Status, HttpRequestHead Request)> ReadHeadAsync()
    {
        for (var filled = 0; ;)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(filled), _deadline).ConfigureAwait(false);
            // A TCP health check connects and says nothing.
            if (received == 0) return (filled == 0 ? Silent : 400, default);

            filled += received;
            var length = HttpRequestHead.LengthIn(_buffer.AsSpan(0, filled));
            if (length >= 0) return (HttpRequestHead.Parse(_buffer.AsSpan(0, length), out var request), request);
            if (filled == _buffer.Length) return (431, default);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, _deadline).ConfigureAwait(false)..];
    }

    // RFC 9112 §9.6: closing with bytes unread resets the connection, and the reset can overtake the answer.
    private async ValueTask LingerAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        for (var discarded = 0; discarded < limits.DiscardedBytes;)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(), _deadline).ConfigureAwait(false);
            if (received == 0) return;

            discarded += received;
        }
    }
}
