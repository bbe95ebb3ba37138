namespace FlyTftp.Reactive.Server.Ports;

/// <summary>Whether other sockets may be bound to the same address and port (SO_REUSEPORT), so that each loop has its own.</summary>
internal enum PortSharing
{
    /// <summary>None may.</summary>
    None,

    /// <summary>This is the first: bound only if nobody has the port, another server of the same user included, and shared from then on.</summary>
    First,

    /// <summary>One of the others.</summary>
    Further,
}
