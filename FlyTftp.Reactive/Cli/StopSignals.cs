using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// SIGINT (Ctrl-C), SIGTERM and SIGHUP as a token: the first asks to stop, every further one calls what the constructor was given. Fly.io
/// sends SIGINT by default, systemd and Docker send SIGTERM.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(Action onSecond)
    {
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                // Without this the runtime would end the process once the handler returns.
                context.Cancel = true;
                if (_stopping.IsCancellationRequested) onSecond();
                else _stopping.Cancel();
            }))];
    }

    public CancellationToken Token => _stopping.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stopping.Dispose();
    }
}
