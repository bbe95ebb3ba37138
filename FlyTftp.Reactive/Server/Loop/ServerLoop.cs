using System.Reactive;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// One loop with all that is its own: sockets, thread, pipeline and cache. Several of them share nothing but the port, on which the kernel keeps
/// each flow with one of them.
/// </summary>
internal sealed class ServerLoop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IUdpPort _port;
    private readonly UdpLoop _loop;
    private readonly Thread _thread;
    private readonly Subject<Unit> _drain = new();
    private readonly SessionCount _sessions = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _pipeline;
    private readonly FlightRecorder? _recorder;
    private readonly EarlyCollection _collection = new();

    /// <param name="openStore">From the loop's own way to be posted to.</param>
    /// <param name="notes">Told every note, on the loop: it must not wait.</param>
    /// <param name="onFailure">Told of the exception that ends the loop: a bug or a dead socket.</param>
    /// <param name="records">Every session's record comes with its <see cref="SessionTrace"/>.</param>
    public ServerLoop(
        string name, IUdpPort port, Func<Action<Action>, IContentStore> openStore, SessionLimits limits, ServerTap? tap,
        Action<SessionNote> notes, Action<Exception> onFailure, bool records = false)
    {
        _port = port;
        _loop = new UdpLoop(port);
        _recorder = records ? new FlightRecorder(_loop) : null;
        var emissions = (tap is null ? _loop : tap.Arrivals(_loop)).Serve(openStore(_loop.Post), limits, _drain, _sessions, _loop);
        _pipeline = (tap is null ? emissions : tap.Emissions(emissions)).Subscribe(
            emission =>
            {
                if (emission.Kind == EmissionKind.Note)
                {
                    notes(_recorder?.Tell(emission) ?? emission.SessionNote);
                    return;
                }

                if (emission.Peer is { HasBegun: false } peer && emission.Kind != EmissionKind.Error)
                {
                    peer.HasBegun = true;
                    notes(new SessionBegan(peer.Flow));
                }

                _recorder?.Say(emission);
                port.Send(emission);
                _collection.Consider(_sessions.Value);
            },
            onFailure,
            () => _drained.TrySetResult());
        _thread = new Thread(() => Run(onFailure)) { Name = name, IsBackground = true };
    }

    /// <summary>Sessions that are running, those included that wait for a disk. From any thread.</summary>
    public int ActiveSessions => _sessions.Value;

    /// <inheritdoc cref="IUdpPort.UnsentDatagrams"/>
    public long UnsentDatagrams => _port.UnsentDatagrams;

    /// <inheritdoc cref="IUdpPort.UnreadDatagrams"/>
    public long UnreadDatagrams => _port.UnreadDatagrams;

    /// <summary>Bytes of files that clients have acknowledged since the start, about; 0 where nothing is recorded.</summary>
    public long AcknowledgedBytes => _recorder?.AcknowledgedBytes ?? 0;

    /// <summary>At most so many of the transfers that are running, those first that have run longest; none where nothing is recorded.</summary>
    public Task<IReadOnlyList<RunningTransfer>> LookAsync(int max)
    {
        if (_recorder is null) return Task.FromResult<IReadOnlyList<RunningTransfer>>([]);
        var looked = new TaskCompletionSource<IReadOnlyList<RunningTransfer>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() => looked.TrySetResult(_recorder.Look(max)));
        return looked.Task;
    }

    public void Start() => _thread.Start();

    /// <summary>Runs an action on the loop, soon. From any thread.</summary>
    public void Post(Action action) => _loop.Post(action);

    /// <summary>Completes when the pipeline does: after <see cref="BeginDrainAsync"/>, with the last session.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Opens no more sessions. Completes as soon as that is so.</summary>
    public Task BeginDrainAsync()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            _drain.OnNext(Unit.Default);
            begun.TrySetResult();
        });
        return begun.Task;
    }

    /// <summary>Stops the thread, whatever still runs, and closes the sockets.</summary>
    public void Dispose()
    {
        _loop.Stop();
        // A wedged loop does not come back, and must not hold up the end of the process. Its sockets go with that.
        if (_thread.IsAlive && !_thread.Join(Patience)) return;
        _pipeline.Dispose();
        _drain.Dispose();
        _port.Dispose();
    }

    private void Run(Action<Exception> onFailure)
    {
        try
        {
            _loop.Run();
        }
        catch (Exception failure)
        {
            onFailure(failure);
        }
    }
}
