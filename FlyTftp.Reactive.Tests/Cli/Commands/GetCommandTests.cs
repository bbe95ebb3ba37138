using System.Text;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GetCommandTests
{
    private readonly TestCommandContext _context = new();
    private string _folder = "";
    private ScriptedServer _server = null!;

    private string Target => Path.Combine(_folder, "boot.wim");

    private string Url => $"tftp://{_server.EndPoint}/boot%2Ewim";

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("flytftp-").FullName;
        _server = new ScriptedServer();
    }

    [TearDown]
    public void Stop()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Saves_a_file_and_says_so_on_standard_error()
    {
        var get = _context.RunAsync("get", Url, "-o", Target);
        await _server.ServeAsync(new string('x', 1000));
        Assert.That(await get, Is.EqualTo(ExitCode.Ok));
        Assert.That(await File.ReadAllTextAsync(Target), Is.EqualTo(new string('x', 1000)));
        Assert.That(_context.Error, Does.Match(@"^boot\.wim: 1\.0 kB in \d+\.\d s, [\d.]+ k?M?B/s\n$"));
        Assert.That(_context.Output, Is.Empty);
    }

    [Test]
    public async Task Asks_for_what_it_is_told_to()
    {
        var get = _context.RunAsync("get", Url, "-o", Target, "--blksize", "1024", "--windowsize", "4");
        Assert.That(await _server.NextAsync(), Is.EqualTo("RRQ \"boot.wim\" octet blksize=1024 tsize=0 windowsize=4"));
        _server.SendError(ErrorCode.FileNotFound, "file not found");
        await get;
    }

    [Test]
    public async Task Writes_to_standard_output_where_a_dash_stands_for_the_file()
    {
        var get = _context.RunAsync("get", Url, "-o", "-");
        await _server.ServeAsync("bytes");
        Assert.That(await get, Is.EqualTo(ExitCode.Ok));
        Assert.That(Encoding.ASCII.GetString(_context.File.ToArray()), Is.EqualTo("bytes"));
    }

    [Test]
    public async Task Leaves_nothing_behind_when_the_server_says_no()
    {
        await File.WriteAllTextAsync(Target, "old");
        var get = _context.RunAsync("get", Url, "-o", Target);
        await _server.NextAsync();
        _server.SendData(1, new string('x', 512));
        await _server.NextAsync();
        _server.SendError(ErrorCode.NotDefined, "file was truncated");
        Assert.That(await get, Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Is.EqualTo($"flytftp: {Url}: ERROR 0 file was truncated\n"));
        AssertUntouched();
    }

    [Test]
    public async Task Leaves_nothing_behind_when_it_is_interrupted()
    {
        await File.WriteAllTextAsync(Target, "old");
        using var interrupt = new CancellationTokenSource();
        var get = _context.RunAsync(interrupt.Token, "get", Url, "-o", Target);
        await _server.NextAsync();
        _server.SendData(1, new string('x', 512));
        await _server.NextAsync();
        await interrupt.CancelAsync();
        Assert.That(await get, Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Is.EqualTo($"flytftp: {Url}: interrupted\n"));
        AssertUntouched();
    }

    [Test]
    public async Task Says_when_it_cannot_write()
    {
        var target = Path.Combine(_folder, "missing", "boot.wim");
        Assert.That(await _context.RunAsync("get", Url, "-o", target), Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Does.StartWith($"flytftp: {target}: ").And.Not.Contain("   at "));
        Assert.That(_context.Error.Count(static character => character == '\n'), Is.EqualTo(1));
    }

    [Test]
    public async Task Does_not_replace_a_device()
    {
        var device = SpecialFiles.NullDevice(Path.Combine(_folder, "null"));
        var get = _context.RunAsync("get", Url, "-o", device);
        await _server.ServeAsync("bytes");
        Assert.That(await get, Is.EqualTo(ExitCode.Ok), _context.Error);
        Assert.That(PathStatus.Of(device, followsLinks: false).Kind, Is.EqualTo(PathKind.Special));
    }

    [Test]
    public async Task Asks_for_nothing_when_it_could_not_save_it([Values("folder", "link")] string kind)
    {
        if (kind == "folder") Directory.CreateDirectory(Target);
        else File.CreateSymbolicLink(Target, "/etc/hostname");
        Assert.That(await _context.RunAsync("get", Url, "-o", Target), Is.EqualTo(ExitCode.Failed));
        Assert.That(_context.Error, Does.Match($"^flytftp: {Target}: is a .*\n$"));
        Assert.That(_server.HasBeenAsked, Is.False);
    }

    private void AssertUntouched()
    {
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { Target }));
        Assert.That(File.ReadAllText(Target), Is.EqualTo("old"));
    }
}
