using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// What is kept of a session whose reply is out while its peer has not answered and its query is let go: what a SYN cache keeps of a half-open
/// connection of TCP (RFC 4987 §3.5). The peer's next packet has the query subscribed to again, and that goes on from here.
/// </summary>
/// <param name="Reply">What was sent: the OACK or the first window.</param>
/// <param name="Mark">Equal where the reply would be the same: a hash of the OACK's options, or of which file it is and in which state.</param>
/// <param name="BlockSize">Bytes, granted or not.</param>
/// <param name="EmittedAt">When it was sent for the first time.</param>
/// <param name="Retransmissions">Datagrams sent again.</param>
/// <param name="Failures">How often that was for want of an answer in time.</param>
internal sealed record HalfOpen(Window Reply, int Mark, int BlockSize, DateTimeOffset Started, DateTimeOffset EmittedAt, long Retransmissions, int Failures)
{
    /// <summary>The packet that concerns it; <c>null</c>: none has come in time.</summary>
    public Packet? Packet { get; set; }

    /// <summary>When that came: to open the file again may take its time, and while it does an answer may take the packet's place.</summary>
    public DateTimeOffset At { get; set; }
}
