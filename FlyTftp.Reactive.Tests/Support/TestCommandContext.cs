using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Cli.Commands;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A command's surroundings in memory.</summary>
internal sealed class TestCommandContext
{
    private readonly StringWriter _output = new() { NewLine = "\n" }, _error = new() { NewLine = "\n" };

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What <c>serve</c> was told to do, if it came to that.</summary>
    public ServerOptions? Served { get; private set; }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public MemoryStream File { get; } = new();

    public Task<int> RunAsync(CancellationToken stopping, params string[] arguments) => CommandLine.RunAsync(arguments, new CommandContext(
        _output, _error, () => File, name => Variables.GetValueOrDefault(name), new ProgressStyle(false, static () => 80, false),
        static () => TimeSpan.Zero, static _ => { }, (options, _) => Serve(options))
    {
        ServeTapped = (options, _, _) => Serve(options),
    }, stopping);

    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    private Task<int> Serve(ServerOptions options)
    {
        Served = options;
        return Task.FromResult(ExitCode.Ok);
    }
}
