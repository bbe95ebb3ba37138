namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>A session as far as its place among all sessions goes.</summary>
internal abstract class PlaceHolder(Peer peer, DateTimeOffset opened)
{
    public Peer Peer => peer;

    public DateTimeOffset Opened => opened;

    /// <summary>Where it stands among all, for <see cref="SessionPlaces"/>; −1: it has no place any more.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>Its place in the queues of those that have not answered, the one of all and the one of its network.</summary>
    internal LinkedListNode<PlaceHolder>? InQueue { get; set; }

    /// <inheritdoc cref="InQueue"/>
    internal LinkedListNode<PlaceHolder>? InNetworkQueue { get; set; }
}
