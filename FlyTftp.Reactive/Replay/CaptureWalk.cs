using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;

namespace FlyTftp.Reactive.Replay;

/// <summary>One pass over a capture: its frames, at times that begin with the first and never run backwards.</summary>
internal sealed class CaptureWalk : IDisposable
{
    private const int ProgressMask = 0x3FFF;

    private readonly Stream _stream;
    private readonly CaptureReader _reader;
    private readonly Action<long> _onProgress;
    private long _count;

    public CaptureWalk(CaptureFile capture, Action<long> onProgress)
    {
        _stream = capture.OpenStream();
        _reader = CaptureReader.Open(_stream);
        _onProgress = onProgress;
    }

    public CaptureFault? Fault => _reader.Fault;

    /// <summary>The first packet's time.</summary>
    public DateTimeOffset Start { get; private set; }

    /// <summary>Of the frame just read, since <see cref="Start"/>.</summary>
    public TimeSpan At { get; private set; }

    public bool TryNext(out CapturedPacket packet, out UdpFrame frame)
    {
        frame = default;
        if (!_reader.TryRead(out packet)) return false;
        var time = packet.Time.ToDateTimeOffset();
        if (_count == 0) Start = time;
        // Captures of several interfaces are not always in order; a clock that goes backwards would be no clock.
        if (time - Start > At) At = time - Start;
        if ((_count++ & ProgressMask) == 0) _onProgress(_reader.Offset);
        frame = UdpFrame.Parse(packet);
        return true;
    }

    public void Dispose() => _stream.Dispose();
}
