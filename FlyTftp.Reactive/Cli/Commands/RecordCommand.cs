using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary><c>flytftp record --out FILE</c>: serves as ever, and writes down what comes in and goes out.</summary>
public static class RecordCommand
{
    /// <summary>After a kill, what is missing from the file is no older than this.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    public static Command Definition { get; } = new(
        "record", "Serve, and record every datagram in and out", Argument: null,
        [
            new("--out", "FILE", "pcapng file to write"),
            new("--max-bytes", "N", "Keep only the newest N bytes", "default: all"),
            .. ServerOptionTable.All.Select(ServeCommand.ToOption),
        ],
        static (given, context, stopping) =>
            RunAsync(given.Value("--out"), given.Value("--max-bytes"), option => given.Values(option.Name), context, stopping),
        HandlesSignals: true);

    public static async Task<int> RunAsync(
        string? file, string? maxBytes, Func<ServerOption, IReadOnlyList<string>> commandLine, CommandContext context, CancellationToken stopping)
    {
        if (file is null) return context.Fail(ExitCode.BadArguments, "record: --out is missing: --out FILE");
        long? limit = null;
        if (maxBytes is not null)
        {
            if (!ByteCount.TryParse(maxBytes, out var bytes) || bytes < RotatingCapture.MinMaxBytes)
                return context.Fail(ExitCode.BadArguments, Printable.Escape($"--max-bytes {maxBytes}: allowed are numbers from {RotatingCapture.MinMaxBytes} (bytes; 64M and 2G are understood)"));
            limit = bytes;
        }

        if (WhyNot(file, limit) is { } reason) return context.Fail(ExitCode.BadArguments, Printable.Escape($"--out {file}: {reason}"));
        if (!ServeCommand.TryParse(commandLine, context, out var options, out var error)) return context.Fail(ExitCode.BadArguments, error);
        if (limit is not null && options.Hardening == HardeningMode.Require)
            return context.Fail(ExitCode.BadArguments, "--max-bytes: not allowed with --hardening require: new files have to be begun");
        if (limit is not null && options.Hardening == HardeningMode.Auto)
        {
            options = options with { Hardening = HardeningMode.Off };
            var kept = options.User is null ? "the server keeps its rights" : $"the server becomes {options.User} and keeps that user's rights";
            context.Error.WriteLine(Printable.Escape($"{CommandContext.ProgramName}: {kept}, since --max-bytes has it begin new files"));
        }

        using var recording = new Recording(
            () => new RotatingCapture(file, limit), failure => context.Fail(ExitCode.Failed, Printable.Escape($"{file}: {failure}; serving goes on")), file);
        // New files are begun by the user that the server becomes, so the first is too; a single one is open before rights are dropped.
        if (limit is null && recording.Begin() is { } failed) return context.Fail(ExitCode.Failed, failed);
        return await context.ServeTapped(options, recording.Tap, stopping).ConfigureAwait(false);
    }

    private static string? WhyNot(string file, long? limit)
    {
        if (!OutputTarget.TryExamine(file, out var target, out var obstacle)) return obstacle;
        if (target.IsStandardOutput) return "the log goes there: name a file or a FIFO";
        if (target.Kind == PathKind.Special) return limit is null ? null : "--max-bytes needs a file that another can take the place of";
        var older = RotatingCapture.OlderName(file);
        if (!OutputTarget.TryExamine(older, out target, out obstacle)) return $"the capture that is there would become {older}, which {obstacle}";
        return target.Kind == PathKind.Special ? $"the capture that is there would become {older}, which is no regular file" : null;
    }

    /// <summary>The operators around source and sink. All loops write to one file, hence the lock; a timer flushes.</summary>
    private sealed class Recording : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Func<RotatingCapture> _open;
        private readonly Action<string> _onFailure;
        private readonly string _file;
        private RotatingCapture _capture = null!;
        private Timer? _flush;
        private readonly byte[] _buffer = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset];
        private bool _hasFailed;

        public Recording(Func<RotatingCapture> open, Action<string> onFailure, string file)
        {
            (_open, _onFailure, _file) = (open, onFailure, file);
            Tap = new ServerTap(arrivals => arrivals.Do(Received), emissions => emissions.Do(Sending)) { Begin = Begin };
        }

        public ServerTap Tap { get; }

        /// <summary>Opens the file, unless it is open.</summary>
        /// <returns>One line: why it cannot be written.</returns>
        public string? Begin()
        {
            _capture ??= _open();
            return _capture.Failure is { } failure ? Printable.Escape($"{_file}: {failure}") : null;
        }

        public void Dispose()
        {
            _flush?.Dispose();
            lock (_gate) _capture?.Dispose();
        }

        private void Received(Datagram datagram)
        {
            lock (_gate)
            {
                // Not before: the server gives up its rights thread by thread, and has to know them all.
                _flush ??= new Timer(_ => Flush(), null, FlushInterval, FlushInterval);
                if (datagram.IsUnreachable) _capture.WritePortUnreachable(Now(), datagram.Flow.Remote, datagram.Flow.Local);
                // Of other ICMP messages the capture has no form.
                else if (!datagram.IsIcmp) _capture.Write(Now(), datagram.Flow.Remote, datagram.Flow.Local, datagram.Payload.Span);
            }
        }

        private void Sending(Emission emission)
        {
            if (emission.Peer is not { } peer || emission.DatagramCount == 0) return;
            lock (_gate)
            {
                for (var number = 0; number < emission.DatagramCount; number++)
                    _capture.Write(Now(), peer.Flow.Local, peer.Flow.Remote, _buffer.AsSpan(0, emission.WriteDatagram(number, _buffer)));
            }
        }

        private void Flush()
        {
            string failure;
            lock (_gate)
            {
                _capture.Flush();
                if (_capture.Failure is null || _hasFailed) return;
                _hasFailed = true;
                failure = _capture.Failure;
            }

            // Outside: nobody may read standard error, and the loops wait for the lock.
            _onFailure(failure);
        }

        private static CaptureTime Now() => CaptureTime.From(DateTimeOffset.UtcNow);
    }
}
