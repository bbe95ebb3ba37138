using System.Buffers.Binary;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// A recording on disk that never takes more than so many bytes: the newest datagrams stand in the file of that name, those before
/// in a second one with <c>.1</c> at its end, each at most half as large as allowed. Between the two there is always the last half.
/// </summary>
/// <remarks>
/// Both are captures of their own, and one after the other they are a capture too: <c>cat NAME.1 NAME | flytftp replay -</c>.
/// A capture that is there at the start becomes <c>.1</c>, so that a server that comes back after a crash does not overwrite what led to
/// it; any other file of either name is left alone and is a <see cref="Failure"/>. Pipes and devices are written to as they are.
/// For one thread. After a <see cref="Failure"/> nothing is written any more.
/// </remarks>
internal sealed class RotatingCapture : IDisposable
{
    /// <summary>Bytes: in each half, headers and one datagram of any size.</summary>
    public const long MinMaxBytes = 2 * (PcapngWriter.HeaderLength + PcapngWriter.MaxBlockLength);

    private readonly string _path;
    private readonly long? _half;
    private FileStream? _file;
    private PcapngWriter? _writer;
    private string? _failure;

    /// <summary>Begins the file at once; look at <see cref="Failure"/>.</summary>
    /// <param name="maxBytes">For both files together, at least <see cref="MinMaxBytes"/>; <c>null</c>: no bound, and no rotation.</param>
    public RotatingCapture(string path, long? maxBytes)
    {
        if (maxBytes is { } bytes) ArgumentOutOfRangeException.ThrowIfLessThan(bytes, MinMaxBytes, nameof(maxBytes));
        _path = path;
        _half = maxBytes / 2;
        Rotate();
    }

    /// <summary>The name that a capture gets when the next is begun.</summary>
    public static string OlderName(string path) => path + ".1";

    /// <summary>Why nothing is recorded any more, in the system's words; <c>null</c> while all is well.</summary>
    public string? Failure => _failure ?? _writer?.Failure;

    /// <inheritdoc cref="PcapngWriter.Write"/>
    public void Write(CaptureTime time, Endpoint source, Endpoint destination, ReadOnlySpan<byte> payload) =>
        MakeRoom()?.Write(time, source, destination, payload);

    /// <inheritdoc cref="PcapngWriter.WritePortUnreachable"/>
    public void WritePortUnreachable(CaptureTime time, Endpoint source, Endpoint destination) =>
        MakeRoom()?.WritePortUnreachable(time, source, destination);

    /// <inheritdoc cref="PcapngWriter.Flush"/>
    public void Flush() => _writer?.Flush();

    public void Dispose()
    {
        Flush();
        _file?.Dispose();
        (_file, _writer, _failure) = (null, null, Failure ?? "closed");
    }

    private PcapngWriter? MakeRoom()
    {
        if (_writer?.Length > _half - PcapngWriter.MaxBlockLength) Rotate();
        return Failure is null ? _writer : null;
    }

    private void Rotate()
    {
        Flush();
        if (Failure is not null) return;
        _file?.Dispose();
        (_file, _writer) = (null, null);
        try
        {
            if (KeepLast() is { } obstacle)
            {
                _failure = obstacle;
                return;
            }

            // Others may read along; no buffer, so that a flushed block is the system's.
            // Where nothing is known to stand, nothing that somebody has put there meanwhile is opened, a link least of all.
            var mode = File.Exists(_path) ? FileMode.Open : FileMode.CreateNew;
            _file = new FileStream(_path, mode, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
            _writer = new PcapngWriter(_file);
            _writer.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failure = exception.Message;
        }
    }

    /// <returns>Why that would destroy something; <c>null</c> when the name is free now.</returns>
    private string? KeepLast()
    {
        // A pipe or a device has no length either: nothing in it is to be kept, and it must not be moved away.
        if (new FileInfo(_path) is not { Exists: true, Length: > 0 }) return null;
        var kept = OlderName(_path);
        if (!IsCapture(_path)) return $"{_path} is there and is no pcapng capture";
        if (new FileInfo(kept) is { Exists: true, Length: > 0 } && !IsCapture(kept)) return $"{kept} is there and is no pcapng capture";
        File.Move(_path, kept, overwrite: true);
        return null;
    }

    private static bool IsCapture(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        return file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
            && BinaryPrimitives.ReadUInt32BigEndian(magic) == PcapngBlock.SectionHeader;
    }
}
