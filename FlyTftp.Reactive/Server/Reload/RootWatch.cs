namespace FlyTftp.Reactive.Server.Reload;

/// <summary>
/// Whether the root's path still leads to the folder that is served. If that was moved away or deleted, or a link on the way was turned, the server goes on
/// with the old one, and says so.
/// </summary>
internal sealed class RootWatch(ConfigFiles files, string root, Action<string> onReplaced)
{
    /// <summary>How often it is looked at where nobody asks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly (ulong, ulong)? _served = files.IdentifyRoot();
    private int _isTold;

    /// <returns><c>null</c>: as it should be, or it cannot be told. Else why not, in one clause.</returns>
    public string? Check()
    {
        if (_served is null) return null;
        var now = files.IdentifyRoot();
        if (now == _served)
        {
            _isTold = 0;
            return null;
        }

        var problem = $"root \"{root}\" {(now is null ? "is gone" : "leads to another folder now")}: restart the server, or put it back";
        if (Interlocked.Exchange(ref _isTold, 1) == 0) onReplaced(problem);
        return problem;
    }
}
