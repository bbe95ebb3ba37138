using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>
/// The real program on loopback ports of the system's choice. <c>FLYTFTP_PROGRAM</c> names another build of it, such as a published one.
/// </summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<int> _ports = [];
    private readonly ManualResetEventSlim _isListening = new();
    private readonly int _listeners;

    /// <param name="root">What is served.</param>
    /// <param name="listen">As for <c>--listen</c>; port 0.</param>
    public ServerProcess(string root, string[] listen, params string[] arguments)
    {
        _listeners = listen.Length;
        _process = new Process
        {
            StartInfo = StartInfo([
            "serve", "--root", root, .. listen.SelectMany(address => new[] { "--listen", address }), .. arguments])
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (_isListening.Wait(Patience) && _ports.Count == _listeners) return;
        _process.Kill();
        throw new InvalidOperationException($"The server does not listen:\n{Log}");
    }

    /// <summary>One for each address it listens on, in order.</summary>
    public IReadOnlyList<int> Ports => _ports;

    public int Id => _process.Id;

    /// <summary>All that it has written so far.</summary>
    public string Log
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    /// <summary>The program under test is a native build, which confines itself.</summary>
    public static bool IsNative => !File.Exists(Path.ChangeExtension(Program, ".dll"));

    private static string Program => Environment.GetEnvironmentVariable("FLYTFTP_PROGRAM") is { Length: > 0 } path
        ? path
        : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "flytftp.exe" : "flytftp");

    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        // In the background of a script SIGINT is ignored, and whoever is started there inherits that: the program as well, which keeps to it.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", Program, .. arguments] : [Program, .. arguments];
        return new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // What the tests run in must not set the server's options.
            Environment = { ["FLYTFTP_LOG_LEVEL"] = "Info", ["NO_COLOR"] = "1" },
        };
    }

    /// <summary>Sends a signal by name: <c>INT</c>, <c>TERM</c>, <c>KILL</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public int WaitForExit()
    {
        Assert.That(_process.WaitForExit(Patience), $"The server has not stopped:\n{Log}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Waits until it has written a line that contains the text.</summary>
    public string WaitFor(string text)
    {
        var patience = Stopwatch.StartNew();
        lock (_lines)
        {
            while (true)
            {
                if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found) return found;
                if (patience.Elapsed > Patience || !Monitor.Wait(_lines, Patience)) throw new InvalidOperationException($"No \"{text}\" in:\n{Log}");
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _isListening.Dispose();
    }

    private void Take(string? line)
    {
        lock (_lines)
        {
            if (line is not null) _lines.Add(line);
            Monitor.PulseAll(_lines);
        }

        if (line is null)
        {
            _isListening.Set();
        }
        else if (ListeningLine().Match(line) is { Success: true } match)
        {
            _ports.Add(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            if (_ports.Count == _listeners) _isListening.Set();
        }
    }

    [GeneratedRegex(@"listening on .*:(\d+)$")]
    private static partial Regex ListeningLine();
}
