using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>One session as the capture shows it: who, what, and how it ended then.</summary>
/// <param name="number">From 0, in the order of the requests; the same in every pass over a capture.</param>
internal sealed class RecordedSession(int number, Flow flow, Request request, TimeSpan startedAt)
{
    private readonly RecordedProgress _progress = new();

    public int Number => number;

    /// <summary>As the pipeline is to see it: the client, and the address and port that it asked.</summary>
    public Flow Flow => flow;

    public Request Request => request;

    public TimeSpan LastAt { get; private set; } = startedAt;

    /// <summary>The server's TID (RFC 1350 §4): the port of its first reply. 0 before that.</summary>
    public ushort ServerPort { get; private set; }

    /// <summary>The session that this one took the client's port from, until another one takes it.</summary>
    public RecordedSession? Previous { get; set; }

    /// <summary>The first OACK.</summary>
    public OptionSet? Granted => _progress.Granted;

    /// <summary>What runs now in its place.</summary>
    public ReplayedSession? Now { get; set; }

    /// <summary>The same request once more, while nothing has come of the first.</summary>
    public bool IsRepeat(Request again) => _progress.IsWaiting && request.Equals(again);

    public void FromClient(in Packet packet, TimeSpan at)
    {
        LastAt = at;
        _progress.FromClient(packet);
    }

    public void FromServer(in Packet packet, int payloadLength, ushort port, TimeSpan at)
    {
        LastAt = at;
        ServerPort = port;
        _progress.FromServer(packet, payloadLength);
    }

    /// <param name="captureEnd">The last packet of the capture, for telling silence from a capture that was stopped.</param>
    public string OutcomeAt(TimeSpan captureEnd) => _progress.OutcomeAfter(captureEnd - LastAt);
}
