using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Client;

/// <summary>One download from one address: the client's half of a session.</summary>
internal sealed class Download(
    DownloadRequest request, IPEndPoint server, IClientSocket socket, Stream destination, Action<DownloadProgress>? progress, long started)
{
    private static readonly ErrorReport
        UnknownTransfer = new(ErrorCode.UnknownTransferId, "unknown transfer ID"),
        FileTooLarge = new(ErrorCode.DiskFull, "file too large");

    private readonly OptionSet _asked = request.ToOptions();
    private readonly byte[] _last = new byte[PacketWriter.MaxControlLength];
    private readonly byte[] _received = new byte[ClientSocket.MaxDatagramLength];
    private int _lastLength;

    /// <summary>The server's TID: where the first answer came from. Until then requests go to the well-known port.</summary>
    private IPEndPoint? _peer;
    private GrantedOptions _granted = GrantedOptions.None;
    private BlockReceiver? _blocks;
    private long _bytes;
    private int _repeats;
    private bool _hasAnsweredStrangers;
    private TimeSpan _timeout = request.FirstTimeout;

    /// <summary>The inactivity limit runs from the last block, the timer from the last block or packet of ours: strays restart neither.</summary>
    private long _lastProgress = Stopwatch.GetTimestamp(), _timerStart;

    public async Task<DownloadResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            SendRequest();
            while (true)
            {
                var left = request.InactivityLimit - Stopwatch.GetElapsedTime(_lastProgress);
                if (left <= TimeSpan.Zero) return End(DownloadOutcome.NoAnswer, DescribeSilence());

                var wait = _timeout - Stopwatch.GetElapsedTime(_timerStart);
                if (left < wait) wait = left;
                (int Length, IPEndPoint From)? received = null;
                try
                {
                    if (wait > TimeSpan.Zero) received = await socket.ReceiveAsync(_received, wait, cancellation).ConfigureAwait(false);
                }
                catch (SocketException exception) when (IsPassing(exception, whenSending: false))
                {
                    continue;
                }

                if (received is not { } datagram)
                {
                    if (Stopwatch.GetElapsedTime(_timerStart) >= _timeout && Stopwatch.GetElapsedTime(_lastProgress) < request.InactivityLimit) Repeat();
                }
                else if (await HandleAsync(datagram.Length, datagram.From, cancellation).ConfigureAwait(false) is { } result) return result;
            }
        }
        catch (OperationCanceledException)
        {
            if (_peer is not null) SendError(_peer, new ErrorReport(ErrorCode.NotDefined, "interrupted"));
            return End(DownloadOutcome.Cancelled, "interrupted");
        }
        catch (SocketException exception) when (IsRefusal(exception))
        {
            return End(DownloadOutcome.Refused, $"connection refused by {_peer ?? server}");
        }
        catch (SocketException exception)
        {
            return End(DownloadOutcome.Unreachable, $"cannot reach {server}: {Printable.Escape(exception.Message)}");
        }
    }

    private async ValueTask<DownloadResult?> HandleAsync(int length, IPEndPoint from, CancellationToken cancellation)
    {
        // Another host has no say in this; another port of the server's is a transfer that is not ours (RFC 1350 §4).
        if (!from.Address.Equals(server.Address)) return null;
        var packet = PacketReader.Read(_received.AsSpan(0, length));
        if (_peer is not null && !from.Equals(_peer))
        {
            if (packet.Kind != PacketKind.Error)
            {
                SendError(from, UnknownTransfer);
                _hasAnsweredStrangers = true;
            }

            return null;
        }

        switch (packet.Kind)
        {
            case PacketKind.Error:
                return End(DownloadOutcome.Error, $"ERROR {(int)packet.ErrorReport.Code} {Printable.Escape(packet.ErrorReport.Message)}".TrimEnd(), packet.ErrorReport);
            case PacketKind.OptionAcknowledgment when _asked.Count > 0:
                return AcceptOptions(packet.Options, from);
            case PacketKind.Data:
                return await AcceptBlockAsync(packet.Block, _received.AsMemory(PacketReader.DataOffset, length - PacketReader.DataOffset), from, cancellation)
                    .ConfigureAwait(false);
            default:
                return null;
        }
    }

    private DownloadResult? AcceptOptions(OptionSet options, IPEndPoint from)
    {
        if (_blocks is not null)
        {
            // Our ACK 0 was lost. Later it is an old repeat and means nothing.
            if (_blocks.Last == 0) SendLast();
            return null;
        }

        if (!GrantedOptions.TryAccept(_asked, options, out var granted, out var violation))
        {
            SendError(from, new ErrorReport(ErrorCode.OptionNegotiation, "option not acceptable"));
            return End(DownloadOutcome.Violation, violation);
        }

        _granted = granted;
        if (granted.Size > request.MaxSize)
        {
            SendError(from, FileTooLarge);
            return End(DownloadOutcome.TooLarge, $"the file has {granted.Size} bytes, at most {request.MaxSize} are accepted");
        }

        Begin(from);
        Acknowledge();
        return null;
    }

    private async ValueTask<DownloadResult?> AcceptBlockAsync(
        BlockNumber number, ReadOnlyMemory<byte> payload, IPEndPoint from, CancellationToken cancellation)
    {
        if (_blocks is null)
        {
            // No OACK: the server knows no options (RFC 2347 §1). A later block would be a stranger's.
            if (number.Value != 1) return null;
            Begin(from);
        }

        if (payload.Length > _granted.Parameters.BlockSize)
        {
            SendError(from, new ErrorReport(ErrorCode.IllegalOperation, "DATA longer than blksize"));
            return End(DownloadOutcome.Violation, $"DATA {number} has {payload.Length} bytes, blksize is {_granted.Parameters.BlockSize}");
        }

        var verdict = _blocks!.Receive(number, payload.Length);
        if (verdict.Takes)
        {
            if (_bytes + payload.Length > _granted.Size)
            {
                SendError(from, new ErrorReport(ErrorCode.IllegalOperation, "more data than tsize"));
                return End(DownloadOutcome.Violation, $"the server announced {_granted.Size} bytes and sends more");
            }

            if (_bytes + payload.Length > request.MaxSize)
            {
                SendError(from, FileTooLarge);
                return End(DownloadOutcome.TooLarge, $"the file has more than {request.MaxSize} bytes, which is all that is accepted");
            }

            try
            {
                await destination.WriteAsync(payload, cancellation).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                SendError(from, new ErrorReport(ErrorCode.DiskFull, "cannot write"));
                return End(DownloadOutcome.NotWritten, Printable.Escape(exception.Message));
            }

            _bytes += payload.Length;
            RestartTimers();
        }

        if (verdict.Acknowledges) Acknowledge();
        if (!_blocks.IsComplete) return null;
        return _granted.Size is { } size && size != _bytes
            ? End(DownloadOutcome.Violation, $"the server announced {size} bytes and sent {_bytes}")
            : End(DownloadOutcome.Complete, "");
    }

    private void Begin(IPEndPoint from)
    {
        _peer = from;
        _blocks = new BlockReceiver(_granted.Parameters);
        RestartTimers();
    }

    private void RestartTimers()
    {
        _lastProgress = _timerStart = Stopwatch.GetTimestamp();
        _timeout = request.FirstTimeout;
    }

    private void Repeat()
    {
        _repeats++;
        // What lies between the last ACK and the gap has arrived: say so, rather than repeat the old ACK.
        if (_blocks is { Last: > 0 }) Acknowledge();
        else SendLast();
        _timeout = TimeSpan.FromTicks(Math.Min(_timeout.Ticks * 2, request.LongestTimeout.Ticks));
    }

    private void SendRequest()
    {
        _lastLength = PacketWriter.WriteRequest(_last, Opcode.ReadRequest, new Request(request.FileName, "octet", _asked));
        SendLast();
    }

    private void Acknowledge()
    {
        _lastLength = PacketWriter.WriteAcknowledgment(_last, BlockNumber.Of(_blocks!.Last));
        SendLast();
        _blocks.OnAcknowledged();
        progress?.Invoke(new DownloadProgress(_bytes, _granted.Size));
    }

    private void SendLast()
    {
        _timerStart = Stopwatch.GetTimestamp();
        try
        {
            socket.Send(_last.AsSpan(0, _lastLength), _peer ?? server);
        }
        catch (SocketException exception) when (IsPassing(exception, whenSending: true))
        {
            // As good as lost on the way: the timer sends it again.
        }
    }

    private void SendError(IPEndPoint to, ErrorReport report)
    {
        var datagram = new byte[PacketWriter.LengthOf(report)];
        try
        {
            socket.Send(datagram.AsSpan(0, PacketWriter.WriteError(datagram, report)), to);
        }
        catch (SocketException)
        {
            // A courtesy: nothing depends on it.
        }
    }

    /// <summary>
    /// A route that is gone for a moment ends no transfer that has begun, and no request that could be sent before. That nobody listens does, unless
    /// it may be a stranger whom we have answered: the error does not say which port it means. Before the first answer an address that cannot be
    /// reached is told at once, so that the host's next one is tried.
    /// </summary>
    private bool IsPassing(SocketException exception, bool whenSending) =>
        IsRefusal(exception) ? _peer is not null && _hasAnsweredStrangers
        : _peer is not null
        || (whenSending && exception.SocketErrorCode switch
        {
            SocketError.NoBufferSpaceAvailable or SocketError.WouldBlock or SocketError.TryAgain or SocketError.Interrupted => true,
            // Not what an earlier request has brought back (EHOSTUNREACH): that this machine has no way out, since it had one.
            SocketError.NetworkUnreachable or SocketError.NetworkDown => _repeats > 0,
            _ => false,
        });

    private static bool IsRefusal(SocketException exception) =>
        exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset;

    private string DescribeSilence() => _blocks is null
        ? $"no answer from {server} after {_repeats + 1} {(_repeats == 0 ? "try" : "tries")}"
        : $"{_peer} fell silent at block {_blocks.Last}";

    private DownloadResult End(DownloadOutcome outcome, string detail, ErrorReport? error = null) =>
        new(outcome, detail, _bytes, Stopwatch.GetElapsedTime(started), _peer ?? server, _granted.Parameters, _repeats, error);
}
