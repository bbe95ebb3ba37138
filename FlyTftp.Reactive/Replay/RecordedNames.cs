using FlyTftp.Reactive.Boots;

namespace FlyTftp.Reactive.Replay;

/// <summary>Names that were served in a capture, for finding the one that was meant: it differs in case only.</summary>
internal sealed class RecordedNames(ReplayOptions options)
{
    private const int MaxNames = 4_096;

    private readonly Dictionary<string, string> _served = new(StringComparer.OrdinalIgnoreCase);

    public void Note(BootTransfer transfer)
    {
        if (transfer.Ending is TransferEnding.Complete or TransferEnding.Probe && !transfer.IsUpload && _served.Count < MaxNames) _served.TryAdd(transfer.Request.FileName, transfer.Request.FileName);
    }

    public string? Nearest(string name) =>
        options.NearestName(name) ?? (_served.TryGetValue(name, out var served) && served != name ? served : null);
}
