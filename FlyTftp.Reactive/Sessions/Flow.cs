namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// The two ends of a conversation: what a session is keyed by, and what a reply needs to leave from the address that was asked
/// (RFC 1350 §4's pair of TIDs).
/// </summary>
/// <param name="Remote">The client.</param>
/// <param name="Local">The address the datagram came <em>to</em>, not the wildcard the socket is bound to.</param>
/// <param name="Listener">Which of the edge's sockets it came through; 0 where there is but one.</param>
public readonly record struct Flow(Endpoint Remote, Endpoint Local, int Listener = 0)
{
    /// <summary>Of the client alone, which is as good as of both: this server has few addresses.</summary>
    public override int GetHashCode() => Remote.GetHashCode();
}
