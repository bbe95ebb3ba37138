namespace FlyTftp.Reactive.Protocol;

/// <summary>What both sides have agreed on for one transfer.</summary>
/// <param name="BlockSize">Bytes of payload in every DATA but the last: 8 to 65464 (RFC 2348 §2), 512 unless negotiated.</param>
/// <param name="WindowSize">Blocks sent before an ACK is awaited: 1 to 65535 (RFC 7440 §3), 1 unless negotiated.</param>
/// <param name="Timeout">How long to wait before sending again, if the client has set it: 1 to 255 s (RFC 2349 §2).</param>
public readonly record struct TransferParameters(int BlockSize, int WindowSize, TimeSpan? Timeout)
{
    public const int DefaultBlockSize = 512, MinBlockSize = 8, MaxBlockSize = 65464;
    public const int MinWindowSize = 1, MaxWindowSize = 65535;
    public const int MinTimeoutSeconds = 1, MaxTimeoutSeconds = 255;

    /// <summary>Plain RFC 1350: 512 bytes, lock-step, the server's own timer.</summary>
    public static TransferParameters Default { get; } = new(DefaultBlockSize, 1, null);
}
