using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>
/// Downloads one small file from the server's own port, as a machine that boots would: the only question that a wedged loop cannot
/// answer. It uses one socket all its life, made before the process was confined and never connected (docs/adr/0005). One download at a
/// time (<see cref="SharedProbe"/> sees to that).
/// </summary>
/// <param name="socket">UDP, of the server's address family. Owned from now on.</param>
/// <param name="server">Where the server listens, reached by loopback or by its own address.</param>
/// <param name="fileName">What is asked for. That it is not there is an answer too: the server lives.</param>
public sealed class LoopbackProbe(Socket socket, IPEndPoint server, string fileName) : IDisposable
{
    /// <summary>Blocks of 512 bytes after which the download is broken off: enough has been seen.</summary>
    private const int BlocksMax = 128;

    private readonly byte[] _buffer = new byte[TransferParameters.DefaultBlockSize + PacketReader.DataOffset];
    private readonly SocketAddress _server = server.Serialize();

    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="SocketException">The socket is of no use.</exception>
    public async ValueTask<ProbeResult> RunAsync(CancellationToken deadline)
    {
        DiscardLeftovers();
        var request = new byte[PacketWriter.MaxControlLength];
        var length = PacketWriter.WriteRequest(request, Opcode.ReadRequest, new Request(fileName, "octet", OptionSet.Empty));
        await SendAsync(request.AsMemory(0, length), deadline).ConfigureAwait(false);

        for (var block = 1L; ;)
        {
            var received = await ReceiveAsync(deadline).ConfigureAwait(false);
            var packet = PacketReader.Read(_buffer.AsSpan(0, received));
            if (packet.Kind == PacketKind.Error) return Judge(packet.ErrorReport);
            // A repeat of an earlier block, or an answer to an earlier probe.
            if (packet.Kind != PacketKind.Data || packet.Block != BlockNumber.Of(block)) continue;

            if (block == BlocksMax)
            {
                length = PacketWriter.WriteError(request, new ErrorReport(ErrorCode.NotDefined, "enough"));
                await SendAsync(request.AsMemory(0, length), deadline).ConfigureAwait(false);
                return new ProbeResult(true, $"downloaded {block} blocks");
            }

            length = PacketWriter.WriteAcknowledgment(request, packet.Block);
            await SendAsync(request.AsMemory(0, length), deadline).ConfigureAwait(false);
            if (received < _buffer.Length) return new ProbeResult(true, $"downloaded {block} {(block == 1 ? "block" : "blocks")}");
            block++;
        }
    }

    public void Dispose() => socket.Dispose();

    private static ProbeResult Judge(ErrorReport report) => report.Code == ErrorCode.FileNotFound
        ? new(true, "answered that the file is not there")
        : new(false, $"answered ERROR {(int)report.Code}: {Printable.Escape(report.Message)}");

    // What came too late for an earlier probe would be taken for an answer to this one.
    private void DiscardLeftovers()
    {
        while (socket.Available > 0) socket.Receive(_buffer);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken deadline) =>
        await socket.SendToAsync(datagram, SocketFlags.None, _server, deadline).ConfigureAwait(false);

    private async ValueTask<int> ReceiveAsync(CancellationToken deadline)
    {
        var from = new SocketAddress(_server.Family, _server.Size);
        while (true)
        {
            var received = await socket.ReceiveFromAsync(_buffer.AsMemory(), SocketFlags.None, from, deadline).ConfigureAwait(false);
            if (from.Equals(_server)) return received;
        }
    }
}
