using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// Operators around a loop's source and sink, for whoever wants to see what passes: the packet log, a recording. The pipeline does not know.
/// </summary>
/// <param name="Arrivals">Around the datagrams on their way in.</param>
/// <param name="Emissions">Around the emissions on their way out.</param>
public sealed record ServerTap(
    Func<IObservable<Datagram>, IObservable<Datagram>> Arrivals, Func<IObservable<Emission>, IObservable<Emission>> Emissions)
{
    /// <summary>Called once rights are dropped, before anything passes. Returns why it cannot begin, in one line, or <c>null</c>.</summary>
    public Func<string?> Begin { get; init; } = static () => null;
}
