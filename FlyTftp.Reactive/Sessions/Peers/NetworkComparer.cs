namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>Networks by a hash that no stranger can foretell (<see cref="AddressHash"/>).</summary>
internal sealed class NetworkComparer : IEqualityComparer<ulong>
{
    public static NetworkComparer Instance { get; } = new();

    public bool Equals(ulong one, ulong other) => one == other;

    public int GetHashCode(ulong network) => AddressHash.Of(network, 0, 0);
}
