using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlyTftp.Reactive.Tests.Cli.Stories;

/// <summary>Answers each connection on a loopback port with the same bytes, and keeps what was asked for.</summary>
internal sealed class CannedWebServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public CannedWebServer(Func<string, string> answer)
    {
        _listener.Start();
        _ = ServeAsync(answer);
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public List<string> Requests { get; } = [];

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Func<string, string> answer)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[4096];
                var request = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
                Requests.Add(request);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(request.Split(' ')[1])));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
