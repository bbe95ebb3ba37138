using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// SIGINT (Ctrl-C), SIGTERM and SIGHUP as a token: the first asks to stop, every further one calls what the constructor was given. Fly.io
/// sends SIGINT by default, systemd and Docker send SIGTERM.
/// </summary>
public sealed class StopSignals(Action onSecond) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private PosixSignalRegistration[] _registrations = [];

    public CancellationToken Token => _stopping.Token;

    /// <summary>Begins to listen, which starts a thread of the runtime's: a server that confines itself does that first.</summary>
    public void Listen() => _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
        .Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            // Without this the runtime would end the process once the handler returns.
            context.Cancel = true;
            if (_stopping.IsCancellationRequested) onSecond();
            else _stopping.Cancel();
        }))];

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stopping.Dispose();
    }
}
