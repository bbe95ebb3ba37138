namespace FlyTftp.Reactive.Protocol;

/// <summary>What both sides have agreed on for one transfer.</summary>
/// <param name="BlockSize">Bytes of payload in every DATA but the last: 8 to 65464 (RFC 2348 §2), 512 unless negotiated.</param>
/// <param name="WindowSize">Blocks sent before an ACK is awaited: 1 to 65535 (RFC 7440 §3), 1 unless negotiated.</param>
/// <param name="Timeout">How long to wait before sending again, if that was granted (RFC 2349 §2).</param>
public readonly record struct TransferParameters(int BlockSize, int WindowSize, TimeSpan? Timeout)
{
    public const int DefaultBlockSize = 512, MinBlockSize = 8, MaxBlockSize = 65464;
    public const int MinWindowSize = 1, MaxWindowSize = 65535;
    public const int MinTimeoutSeconds = 1, MaxTimeoutSeconds = 255;

    /// <summary>
    /// The longest <c>timeout</c> that the server grants: a longer one would have it wait that long for each lost datagram, where its own timer
    /// knows better (docs/adr/0017).
    /// </summary>
    public const int MaxGrantedTimeoutSeconds = 1;

    /// <summary>What the client has asked for as <c>timeout</c>, granted or not: how long it will wait itself. 1 to 255 s.</summary>
    public TimeSpan? ClientTimeout { get; init; }

    /// <summary>Plain RFC 1350: 512 bytes, lock-step, the server's own timer.</summary>
    public static TransferParameters Default { get; } = new(DefaultBlockSize, 1, null);
}
