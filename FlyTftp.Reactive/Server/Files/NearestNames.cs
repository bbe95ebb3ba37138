using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Server.Files;

/// <summary>
/// Says which file was probably meant by a name that is not there, from an index of the root that is read at most every
/// <see cref="FreshFor"/>. For the log and the page only: a client never learns it. Used on one thread, off the loops.
/// </summary>
internal sealed class NearestNames(IFileOpener opener, ExtensionSet allowed, TimeProvider time)
{
    /// <summary>How old an index may be.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);

    /// <summary>How long one who asks waits for an index that is being read: a disk that hangs must not hold up the log.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Names looked up in one index, and of these remembered: forged requests ask for ever new ones.</summary>
    public const int LookUpsMax = 256;

    private readonly Dictionary<string, string?> _known = [];
    private FileIndex? _index;
    private Task<FileIndex>? _reading;
    private long _readAt;

    /// <returns><c>null</c>: nothing is near, or it cannot be told in time.</returns>
    public string? Find(string name)
    {
        Refresh();
        if (_index is null) return null;
        if (_known.TryGetValue(name, out var nearest)) return nearest;
        return _known.Count >= LookUpsMax ? null : _known[name] = _index.Nearest(name);
    }

    private void Refresh()
    {
        if (_reading is null && (_index is null || time.GetElapsedTime(_readAt) >= FreshFor))
        {
            _reading = Task.Run(() => FileIndex.Read(opener, name => allowed.Allows(name)));
            // Waited for once: one that takes longer is taken up when it is there.
            _reading.Wait(Patience);
        }

        if (_reading is not { IsCompleted: true }) return;
        if (_reading.IsCompletedSuccessfully) _index = _reading.Result;
        _reading = null;
        _readAt = time.GetTimestamp();
        _known.Clear();
    }
}
