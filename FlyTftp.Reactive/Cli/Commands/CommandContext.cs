using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>All that a command sees of the world besides network and files, so that tests can put it in a bottle.</summary>
/// <param name="Output">Standard output, for text.</param>
/// <param name="OpenOutput">Standard output, for a file's bytes.</param>
/// <param name="Clock">Time since any fixed moment.</param>
/// <param name="HandleSignals">From now on SIGINT and SIGTERM cancel the command's token; SIGHUP calls the argument, or does the same without one.</param>
/// <param name="Serve">Runs the server until the token is cancelled and the drain is over; returns an <see cref="ExitCode"/>.</param>
public sealed record CommandContext(
    TextWriter Output, TextWriter Error, Func<Stream> OpenOutput, Func<string, string?> Environment, ProgressStyle ProgressStyle,
    Func<TimeSpan> Clock, Action<Action?> HandleSignals, Func<ServerOptions, CancellationToken, Task<int>> Serve)
{
    public const string ProgramName = "flytftp";

    /// <summary>Standard input, for a capture.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>As <see cref="Serve"/>, with somebody who sees what passes.</summary>
    public Func<ServerOptions, ServerTap, CancellationToken, Task<int>> ServeTapped { get; init; } =
        (options, tap, stopping) => ServeCommand.ServeAsync(options, tap, HandleSignals, stopping);

    /// <summary>One line on standard error.</summary>
    public int Fail(int exitCode, string line)
    {
        Error.WriteLine($"{ProgramName}: {line}");
        return exitCode;
    }
}
