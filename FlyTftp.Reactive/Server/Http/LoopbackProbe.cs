using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>
/// Downloads one small file from the server's own port, as a machine that boots would: the only question that a wedged loop cannot
/// answer. It uses one socket all its life, made before the process was confined and never connected (docs/adr/0005). One download at a
/// time (<see cref="SharedProbe"/> sees to that).
/// </summary>
/// <param name="socket">UDP, of the server's address family. Owned from now on.</param>
/// <param name="server">Where the server listens, reached by loopback or by its own address.</param>
/// <param name="chooseFile">
/// Names a file that can be read and should be served; <c>null</c>: there is none, and any name will do, since "not found" is an answer too.
/// Asked at the first probe, and again when the file is not found any more.
/// </param>
internal sealed class LoopbackProbe(Socket socket, IPEndPoint server, Func<string?> chooseFile) : IDisposable
{
    /// <summary>Blocks of 512 bytes after which the download is broken off: enough has been seen.</summary>
    private const int BlocksMax = 128;

    /// <summary>What is asked for where the root holds nothing that is served.</summary>
    private const string AnyFile = "boot.ipxe";

    private readonly byte[] _buffer = new byte[TransferParameters.DefaultBlockSize + PacketReader.DataOffset];
    private readonly byte[] _sending = new byte[PacketWriter.MaxControlLength];
    private readonly SocketAddress _server = server.Serialize();
    private string? _fileName;

    /// <summary>Where it asks from.</summary>
    public Endpoint Source { get; } = Endpoint.From((IPEndPoint)socket.LocalEndPoint!);

    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="SocketException">The socket is of no use.</exception>
    /// <exception cref="IOException">And <see cref="UnauthorizedAccessException"/>: there is no file to be chosen, since the root cannot be read.</exception>
    public async ValueTask<ProbeResult> RunAsync(CancellationToken deadline)
    {
        DiscardLeftovers();
        _fileName ??= chooseFile();
        var (blocks, error) = await DownloadAsync(_fileName ?? AnyFile, deadline).ConfigureAwait(false);
        if (error?.Code == ErrorCode.FileNotFound && _fileName is not null)
        {
            // It may have been removed or renamed since it was chosen. Then another one is there, or none.
            _fileName = chooseFile();
            (blocks, error) = await DownloadAsync(_fileName ?? AnyFile, deadline).ConfigureAwait(false);
        }

        return error switch
        {
            // No name: whoever can reach this page need not know what is served.
            null => new(true, $"downloaded {blocks} {(blocks == 1 ? "block" : "blocks")}"),
            { Code: ErrorCode.FileNotFound } when _fileName is null => new(true, "answered; there is no file to download"),
            { Code: ErrorCode.FileNotFound } => new(false, "answered that a file is not there, though it is"),
            _ => new(false, $"answered ERROR {(int)error.Code}: {Printable.Escape(error.Message)}"),
        };
    }

    public void Dispose() => socket.Dispose();

    /// <returns>The blocks that came, and the ERROR that ended them, if one did.</returns>
    private async ValueTask<(long Blocks, ErrorReport? Error)> DownloadAsync(string fileName, CancellationToken deadline)
    {
        var length = PacketWriter.WriteRequest(_sending, Opcode.ReadRequest, new Request(fileName, "octet", OptionSet.Empty));
        await SendAsync(length, deadline).ConfigureAwait(false);
        for (var block = 1L; ;)
        {
            var received = await ReceiveAsync(deadline).ConfigureAwait(false);
            var packet = PacketReader.Read(_buffer.AsSpan(0, received));
            if (packet.Kind == PacketKind.Error) return (block - 1, packet.ErrorReport);
            // A repeat of an earlier block, or an answer to an earlier probe.
            if (packet.Kind != PacketKind.Data || packet.Block != BlockNumber.Of(block)) continue;

            if (block == BlocksMax)
            {
                await SendAsync(PacketWriter.WriteError(_sending, new ErrorReport(ErrorCode.NotDefined, "enough")), deadline).ConfigureAwait(false);
                return (block, null);
            }

            await SendAsync(PacketWriter.WriteAcknowledgment(_sending, packet.Block), deadline).ConfigureAwait(false);
            if (received < _buffer.Length) return (block, null);
            block++;
        }
    }

    // What came too late for an earlier probe would be taken for an answer to this one.
    private void DiscardLeftovers()
    {
        while (socket.Available > 0) socket.Receive(_buffer);
    }

    private async ValueTask SendAsync(int length, CancellationToken deadline) =>
        await socket.SendToAsync(_sending.AsMemory(0, length), SocketFlags.None, _server, deadline).ConfigureAwait(false);

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
