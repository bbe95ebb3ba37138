using System.Threading.Channels;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>
/// What viewers of the page are told, as server-sent events: the state twice a second while anything runs and every two seconds otherwise, and each
/// boot that has changed. Each viewer stands behind a bounded queue; one that does not read is dropped and never waited for. Without a viewer nothing
/// is asked of the loops.
/// </summary>
/// <param name="look">Takes a picture of the state, as JSON, and says whether anything runs.</param>
/// <param name="history">Where the boots are.</param>
internal sealed class LiveFeed(Func<ValueTask<(JsonText Json, bool IsBusy)>> look, BootHistory history, TimeProvider time)
{
    /// <summary>Viewers at a time, events that wait for one of them, and boots told to a new one.</summary>
    public const int ViewersMax = 8, QueueMax = 16, BootsMax = 200;

    public static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(500), IdleInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Viewer> _viewers = [];

    public int Viewers
    {
        get { lock (_gate) return _viewers.Count; }
    }

    /// <summary>A further viewer's events; <c>null</c> when there are <see cref="ViewersMax"/>. They end when the viewer is dropped or leaves.</summary>
    public Viewer? Join()
    {
        var viewer = new Viewer(this);
        lock (_gate)
        {
            if (_viewers.Count >= ViewersMax) return null;
            _viewers.Add(viewer);
        }

        return viewer;
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var isBusy = Viewers > 0 && await TellAsync().ConfigureAwait(false);
            await Task.Delay(isBusy || HasNew() ? BusyInterval : Viewers > 0 ? IdleInterval : BusyInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var viewer in All()) viewer.Dispose();
    }

    private async ValueTask<bool> TellAsync()
    {
        var (json, isBusy) = await look().ConfigureAwait(false);
        var state = json.ToBytes("event: state\ndata: "u8, "\n\n"u8);
        foreach (var viewer in All())
        {
            var (boots, version) = history.Since(viewer.Version, BootsMax);
            if (boots.Count > 0 || viewer.Version < 0) viewer.Tell(LiveJson.Boots(boots).ToBytes("event: boots\ndata: "u8, "\n\n"u8));
            viewer.Version = version;
            viewer.Tell(state);
        }

        return isBusy;
    }

    private bool HasNew() => All().Exists(static viewer => viewer.Version < 0);

    private List<Viewer> All()
    {
        lock (_gate) return [.. _viewers];
    }

    private void Leave(Viewer viewer)
    {
        lock (_gate) _viewers.Remove(viewer);
    }

    /// <summary>One viewer's queue.</summary>
    internal sealed class Viewer(LiveFeed feed) : IDisposable
    {
        private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueueMax) { SingleReader = true });

        /// <summary>Of the history, as far as it was told; −1: nothing yet.</summary>
        public long Version { get; set; } = -1;

        /// <summary>Ends when the viewer was too slow, or the server stops.</summary>
        public ChannelReader<byte[]> Events => _queue.Reader;

        public void Tell(byte[] what)
        {
            if (!_queue.Writer.TryWrite(what)) Dispose();
        }

        public void Dispose()
        {
            _queue.Writer.TryComplete();
            feed.Leave(this);
        }
    }
}
