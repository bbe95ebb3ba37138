using System.Runtime.InteropServices;
using System.Text;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Logging;

namespace FlyTftp.Reactive.Cli.Watch;

/// <summary>
/// <c>serve --watch</c> on a terminal: its alternate screen, drawn anew twice a second until the server is told to stop. The log's lines are shown in
/// it, and go to the terminal again afterwards. The terminal is given back at the end; Ctrl-Z is passed over.
/// </summary>
internal sealed class Watcher(ServerLog log, Stream terminal, bool hasColor) : IDisposable
{
    private const int BootsMax = 100, DefaultWidth = 80, DefaultHeight = 24;

    // Alternate screen, no cursor, no wrapping; and back.
    private const string Enter = "\e[?1049h\e[?25l\e[?7l\e[2J", Leave = "\e[?7h\e[?25h\e[?1049l";

    // A line is cleared before it is written: behind the last column, clearing takes that column's character.
    private const string Home = "\e[H", ClearLine = "\e[2K", NextLine = "\r\n";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly WatchScreen _screen = new(hasColor);
    private readonly LogTail _tail = new(terminal);
    private bool _isShown;

    /// <summary>Whether there is a terminal that can show it.</summary>
    public static bool CanShow(Func<string, string?> environment) => !Console.IsOutputRedirected && environment("TERM") is not "dumb";

    public async Task RunAsync(LiveView live, Func<ServerState> state, CancellationToken stopping)
    {
        log.Redirect(_tail);
        // Ctrl-Z would suspend the boots that run, and leave the shell on this screen.
        using var suspended = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGTSTP, static context => context.Cancel = true);
        using var resumed = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Show());
        try
        {
            Show();
            while (!stopping.IsCancellationRequested)
            {
                var running = await live.LookAtRunningAsync().ConfigureAwait(false);
                Draw(new WatchPicture(DateTimeOffset.UtcNow, state(), running, live.History.Since(0, BootsMax).Boots, _tail.Last(LogTail.LinesMax)));
                await Task.Delay(Interval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (IOException)
        {
            // The terminal is gone; the server is not.
        }
        finally
        {
            End();
        }
    }

    public void Dispose() => _tail.Dispose();

    private void Show()
    {
        lock (_gate)
        {
            _isShown = true;
            Write(Enter);
        }
    }

    private void Hide()
    {
        lock (_gate)
        {
            if (_isShown) Write(Leave);
            _isShown = false;
        }
    }

    private void End()
    {
        try
        {
            Hide();
            _tail.Release();
        }
        catch (IOException)
        {
            // As above.
        }
    }

    private void Draw(WatchPicture picture)
    {
        var (width, height) = Size();
        var frame = Home + string.Join(NextLine, _screen.Draw(picture, width, height).Select(static line => ClearLine + line));
        lock (_gate)
        {
            if (_isShown) Write(frame);
        }
    }

    private static (int Width, int Height) Size() =>
        SystemCall.IsSupported ? TerminalSize.Read() ?? (DefaultWidth, DefaultHeight)
        : Console.WindowWidth > 0 && Console.WindowHeight > 0 ? (Console.WindowWidth, Console.WindowHeight)
        : (DefaultWidth, DefaultHeight);

    // One write: no other output can come in between.
    private void Write(string text) => terminal.Write(Encoding.UTF8.GetBytes(text));
}
