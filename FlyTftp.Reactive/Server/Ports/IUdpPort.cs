using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>
/// The sockets of one loop: where datagrams come in and where emissions become bytes. Used by the loop's thread only, but for
/// <see cref="Wake"/>. What a network can cause (unreachable peers, full buffers) is dealt with inside; an exception means that the sockets are dead.
/// </summary>
internal interface IUdpPort : IDisposable
{
    /// <summary>The addresses it is bound to, with the ports that were given for port 0.</summary>
    IReadOnlyList<Endpoint> LocalEndpoints { get; }

    /// <summary>What is sent to a broadcast address comes in.</summary>
    bool HearsBroadcasts { get; }

    /// <summary>Datagrams that the system would not send: counted, not repeated (the peers' timers do that). From any thread.</summary>
    long UnsentDatagrams { get; }

    /// <summary>Datagrams that came in and were dropped before they could be read, for want of room or as garbage, as far as the system tells. From any thread.</summary>
    long UnreadDatagrams { get; }

    /// <summary>Takes what is there, and does not sleep; polls for a moment where a peer's answer is likely within microseconds.</summary>
    /// <param name="awaited">
    /// Sessions that wait for an answer; without any nothing is polled for, and more than that many datagrams at a time are not asked for then.
    /// </param>
    /// <returns>How many <see cref="Arrival"/>s there are now.</returns>
    int Poll(int awaited);

    /// <summary>Waits until datagrams are there, <see cref="Wake"/> is called, or the time is over.</summary>
    /// <param name="milliseconds">At most this long; 0: not at all; −1: as long as it takes.</param>
    /// <returns>How many <see cref="Arrival"/>s there are now.</returns>
    int Receive(int milliseconds);

    /// <summary>One of those of the last <see cref="Poll"/> or <see cref="Receive"/>; its payload is good until the next.</summary>
    Datagram Arrival(int number);

    /// <summary>Encodes an emission at once; it leaves now or with the next <see cref="Flush"/>.</summary>
    void Send(in Emission emission);

    /// <summary>Sends what is waiting.</summary>
    void Flush();

    /// <summary>Ends a wait. From any thread.</summary>
    void Wake();
}
