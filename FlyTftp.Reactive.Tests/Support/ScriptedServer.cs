using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A TFTP server on loopback that does what a test tells it, packet by packet. Waits are bounded; nothing sleeps.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));
    private readonly byte[] _buffer = new byte[65536];

    public ScriptedServer(IPAddress? address = null, int port = 0)
    {
        var local = new IPEndPoint(address ?? IPAddress.Loopback, port);
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(local);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Something has come that nobody has read.</summary>
    public bool HasBeenAsked => _socket.Available > 0;

    /// <summary>Whom the next packet goes to: the last who has sent something, or whom a test has set.</summary>
    public IPEndPoint? Client { get; set; }

    /// <summary>Impatient, and one block at a time unless a test wants windows.</summary>
    public DownloadRequest Request(string name = "boot.ipxe") => new(EndPoint.Address.ToString(), EndPoint.Port, name)
    {
        BlockSize = 16,
        WindowSize = null,
        InactivityLimit = TimeSpan.FromSeconds(15),
        FirstTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>The next packet, as logs show it.</summary>
    public async Task<string> NextAsync()
    {
        var received = await _socket.ReceiveFromAsync(_buffer, SocketFlags.None, new IPEndPoint(EndPoint.Address, 0), _deadline.Token);
        Client = (IPEndPoint)received.RemoteEndPoint;
        return PacketReader.Read(_buffer.AsSpan(0, received.ReceivedBytes)).ToString();
    }

    public void SendOack(params (string Name, string Value)[] options)
    {
        var set = new OptionSet([.. options.Select(static option => new TransferOption(option.Name, option.Value))]);
        var datagram = new byte[PacketWriter.LengthOf(set)];
        PacketWriter.WriteOptionAcknowledgment(datagram, set);
        _socket.SendTo(datagram, Client!);
    }

    public void SendData(int number, string payload)
    {
        var datagram = new byte[PacketReader.DataOffset + payload.Length];
        PacketWriter.WriteDataHeader(datagram, new BlockNumber((ushort)number));
        System.Text.Encoding.ASCII.GetBytes(payload, datagram.AsSpan(PacketReader.DataOffset));
        _socket.SendTo(datagram, Client!);
    }

    public void SendError(ErrorCode code, string message)
    {
        var report = new ErrorReport(code, message);
        var datagram = new byte[PacketWriter.LengthOf(report)];
        PacketWriter.WriteError(datagram, report);
        _socket.SendTo(datagram, Client!);
    }

    /// <summary>Answers one request with a whole file, lock-step, as a server without options.</summary>
    public async Task ServeAsync(string content)
    {
        await NextAsync();
        for (var offset = 0; offset <= content.Length; offset += TransferParameters.DefaultBlockSize)
        {
            SendData(offset / TransferParameters.DefaultBlockSize + 1, content.Substring(offset, Math.Min(TransferParameters.DefaultBlockSize, content.Length - offset)));
            await NextAsync();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _deadline.Dispose();
    }
}
