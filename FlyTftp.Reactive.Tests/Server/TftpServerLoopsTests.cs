using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Server.Logging;
using FlyTftp.Reactive.Tests.Support;
using NLog;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server;

/// <summary>The server inside this process, so that a test can look at each loop's own arrivals.</summary>
[Platform("Linux", Reason = "Elsewhere several loops cannot share a port.")]
internal sealed class TftpServerLoopsTests
{
    private const int Loops = 3, Clients = 40;

    private readonly List<HashSet<Endpoint>> _served = [];

    [Test]
    public async Task Several_loops_share_a_port_and_each_serves_its_own_clients_to_the_end()
    {
        var root = ServedFolder.Create("flytftp-loops-");
        var file = TestStore.Pattern(1300);
        await File.WriteAllBytesAsync(Path.Combine(root, "three.img"), file);
        using var log = new LogProbe(LogLevel.Info);
        using var stop = new CancellationTokenSource();
        var options = new ServerOptions
        {
            Root = root,
            Listen = [new("127.0.0.1", 0)],
            Loops = Loops,
            Hardening = HardeningMode.Off,
            Drain = TimeSpan.FromSeconds(10),
        };
        // A tap is asked for the arrivals of each loop once.
        var running = Task.Run(() => TftpServer.RunAsync(options, log.Log, new ServerTap(Count, emissions => emissions), _ => { }, stop.Token));
        var listening = await WaitForAsync(() => log.Events.Select(told => told.FormattedMessage).FirstOrDefault(text => text.StartsWith("listening on ", StringComparison.Ordinal)));

        var server = IPEndPoint.Parse(listening["listening on ".Length..]);
        for (var client = 0; client < Clients; client++)
        {
            using var socket = UdpClients.ClientAt("127.0.0.1");
            Assert.That(Download(socket, server).AsSpan().SequenceEqual(file));
        }

        await stop.CancelAsync();
        Assert.That(await running, Is.Null);
        Assert.That(log.Events.Count(told => told.FormattedMessage.StartsWith("complete ", StringComparison.Ordinal)), Is.EqualTo(Clients));
        Assert.That(_served, Has.Count.EqualTo(Loops));
        // That all forty fall to one loop happens once in 3^39 times.
        Assert.That(_served.Count(loop => loop.Count > 0), Is.GreaterThan(1));
        Assert.That(_served.Sum(loop => loop.Count), Is.EqualTo(Clients), "all datagrams of a client come to the same loop");
        Directory.Delete(root, recursive: true);
    }

    private IObservable<Datagram> Count(IObservable<Datagram> arrivals)
    {
        var clients = new HashSet<Endpoint>();
        _served.Add(clients);
        return arrivals.Do(datagram => clients.Add(datagram.Flow.Remote));
    }

    private static byte[] Download(Socket socket, IPEndPoint server)
    {
        var (bytes, buffer) = (new List<byte>(), new byte[600]);
        socket.SendTo(PacketScript.Encode("RRQ three.img octet"), server);
        for (var block = 1; ; block++)
        {
            var length = socket.Receive(buffer);
            Assert.That(PacketReader.Read(buffer.AsSpan(0, length)).ToString(), Is.EqualTo($"DATA {block}"));
            bytes.AddRange(buffer.AsSpan(PacketReader.DataOffset, length - PacketReader.DataOffset));
            socket.SendTo(PacketScript.Encode($"ACK {block}"), server);
            if (length < 516) return [.. bytes];
        }
    }

    private static async Task<string> WaitForAsync(Func<string?> find)
    {
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            if (find() is { } found) return found;
            await Task.Delay(10);
        }

        throw new InvalidOperationException("It does not listen.");
    }
}
