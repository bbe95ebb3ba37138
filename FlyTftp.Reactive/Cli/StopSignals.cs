using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// SIGINT (Ctrl-C) and SIGTERM as a token: the first asks to stop, every further one calls what the constructor was given. Fly.io
/// sends SIGINT by default, systemd and Docker send SIGTERM. SIGHUP, which a closed terminal sends, stops a command too, but never a server.
/// </summary>
public sealed class StopSignals(Action onSecond) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private PosixSignalRegistration[] _registrations = [];

    public CancellationToken Token => _stopping.Token;

    /// <summary>Begins to listen, which starts a thread of the runtime's: a server that confines itself does that first.</summary>
    /// <param name="onHangup">What SIGHUP does; <c>null</c>: the same as the others.</param>
    public void Listen(Action? onHangup) => _registrations =
    [
        On(PosixSignal.SIGINT, Stop), On(PosixSignal.SIGTERM, Stop), On(PosixSignal.SIGHUP, onHangup ?? Stop),
    ];

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stopping.Dispose();
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        // Without this the runtime would end the process once the handler returns.
        context.Cancel = true;
        action();
    });

    private void Stop()
    {
        if (_stopping.IsCancellationRequested) onSecond();
        else _stopping.Cancel();
    }
}
