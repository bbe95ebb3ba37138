using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Confinement;

/// <summary>
/// The program <c>confined</c>, up to where it waits: what it could do before and after, which steps it took, and, while it lives, what
/// the kernel says of it. <c>FLYTFTP_TESTS_CONFINED</c> names a native build of it to test instead of the one beside the tests.
/// </summary>
internal sealed class ConfinedProcess : IDisposable
{
    private readonly Process _process;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _root = ServedFolder.Create("flytftp-confined-");
    private readonly List<string> _lines = [];

    public ConfinedProcess(HardeningSteps steps, params string[] options)
    {
        File.WriteAllText(Path.Combine(_root, "file.txt"), "served");
        _listener.Start();
        string[] arguments = [_root, steps.ToString(), ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture), .. options];
        var start = Native is { } native ? new ProcessStartInfo(native, arguments) : new ProcessStartInfo("dotnet", ["exec", Managed, .. arguments]);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        // A child of fork would write into code memory that W^X has it share with its parent.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        _process = Process.Start(start)!;
        ReadUntil("ready");
    }

    /// <summary>A build without just-in-time compiler, for which the server is made.</summary>
    public static string? Native => Environment.GetEnvironmentVariable("FLYTFTP_TESTS_CONFINED") is { Length: > 0 } path ? path : null;

    public string Root => _root;

    public IEnumerable<string> Steps => _lines.Where(line => line.StartsWith("step ", StringComparison.Ordinal)).Select(line => line[5..]);

    /// <summary>"ok", or why it could not.</summary>
    public string Before(string attempt) => Result("before", attempt);

    /// <inheritdoc cref="Before"/>
    public string After(string attempt) => Result("after", attempt);

    /// <summary>The rest of a line that begins with this word.</summary>
    public string Said(string word) => _lines.First(line => line.StartsWith(word + ' ', StringComparison.Ordinal))[(word.Length + 1)..];

    /// <summary>One field of /proc/PID/task/*/status, once for every thread.</summary>
    public string[] OfEveryThread(string field) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
            .SelectMany(StatusOf)
            .Where(line => line.StartsWith(field + ':', StringComparison.Ordinal))
            .Select(line => line[(field.Length + 1)..].Trim()),
    ];

    /// <summary>What its "/" is.</summary>
    public string? RootDirectory => new FileInfo($"/proc/{_process.Id}/root").LinkTarget;

    public void Hangup()
    {
        using var kill = Process.Start("kill", ["-HUP", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        ReadUntil("signal ok");
    }

    /// <summary>Lets it go on to its end.</summary>
    /// <returns>Its exit code.</returns>
    public int Finish()
    {
        _process.StandardInput.Close();
        while (_process.StandardOutput.ReadLine() is { } line) _lines.Add(line);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        _listener.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static string Managed => Path.Combine(AppContext.BaseDirectory, "confined.dll");

    private static string[] StatusOf(string task)
    {
        try
        {
            return File.ReadAllLines(task + "/status");
        }
        catch (IOException)
        {
            // The thread has ended since it was listed.
            return [];
        }
    }

    private string Result(string when, string attempt) =>
        _lines.Last(line => line.StartsWith($"{when} {attempt} ", StringComparison.Ordinal))[(when.Length + attempt.Length + 2)..];

    private void ReadUntil(string last)
    {
        string? line;
        while ((line = _process.StandardOutput.ReadLine()) != last)
        {
            Assert.That(line, Is.Not.Null, $"ended before \"{last}\": {string.Join(" | ", _lines)}");
            _lines.Add(line!);
        }
    }
}
