namespace FlyTftp.Reactive.Server.Http;

/// <summary>What bounds the HTTP side, so that nobody who can reach it costs the boots anything.</summary>
internal sealed record HttpLimits
{
    /// <summary>Connections at a time. A further one takes the place of the oldest one of the client that holds the most.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>From accept to close, whatever the client does. Longer than a probe may take, shorter than a scraper waits.</summary>
    public TimeSpan ConnectionTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A stream of events says something at least this often.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that are read and thrown away after the answer, so that a client still sending gets to see it.</summary>
    public int DiscardedBytes { get; init; } = 64 * 1024;
}
