using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Page;

/// <summary>The real program's health beside clients that take every place and read nothing.</summary>
public sealed partial class SlowReadersTests
{
    [Test]
    public async Task Health_is_told_beside_slow_readers_and_a_viewer_that_never_reads()
    {
        var root = ServedFolder.Create("flytftp-slow-");
        await File.WriteAllTextAsync(Path.Combine(root, "menu.ipxe"), "#!ipxe\n");
        var held = new List<Socket>();
        try
        {
            using var server = new ServerProcess(root, ["127.0.0.1:0"], "--http", "127.0.0.1:0", "--page", "true");
            var port = int.Parse(HttpPort().Match(server.WaitFor("health and metrics")).Groups[1].ValueSpan, null);
            held.Add(await AskAsync(port, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            string[] slow = ["GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /healthz HT", "", "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"];
            var places = new HttpLimits().Connections;
            for (var number = 0; number < 3; number++)
            {
                for (var reader = 0; reader < places; reader++) held.Add(await AskAsync(port, slow[reader % slow.Length]));
                using var check = await AskAsync(port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.That(await ReadAsync(check), Does.StartWith("HTTP/1.1 200 OK\r\n"));
            }
        }
        finally
        {
            held.ForEach(static socket => socket.Dispose());
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<Socket> AskAsync(int port, string request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        // Less than it takes until the server throws out one of the others for its own time.
        using var patience = new CancellationTokenSource(new HttpLimits().ConnectionTime - TimeSpan.FromSeconds(1));
        var (text, buffer) = (new StringBuilder(), new byte[1024]);
        while (await socket.ReceiveAsync(buffer, patience.Token) is var received and > 0) text.Append(Encoding.ASCII.GetString(buffer, 0, received));
        return text.ToString();
    }

    [GeneratedRegex(@":(\d+)$")]
    private static partial Regex HttpPort();
}
