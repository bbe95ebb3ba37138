namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>How a client's attempt ended, as the client sees it.</summary>
internal enum DownloadEnd : byte
{
    Complete,
    Probed,
    Refused,
    GaveUp,
    Vanished,
}

/// <summary>What a client wants now.</summary>
/// <param name="Name">As asked for.</param>
/// <param name="Expected"><c>null</c>: there is no such file, and the client must be told so.</param>
/// <param name="IsProbe">Only the size is wanted.</param>
internal sealed record PlannedDownload(string Name, ExpectedFile? Expected, bool IsProbe = false);
