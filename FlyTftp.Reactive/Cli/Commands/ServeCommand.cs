using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Cli.Watch;
using FlyTftp.Reactive.Server;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary><c>flytftp [serve]</c>: reads the settings, then lets the server run until it is told to stop.</summary>
public static class ServeCommand
{
    public static Command Definition { get; } = new(
        "serve", "Serve files by TFTP; the default", Argument: null, [.. ServerOptionTable.All.Select(ToOption)],
        static (given, context, stopping) => RunAsync(option => given.Values(option.Name), context, stopping), HandlesSignals: true);

    /// <param name="commandLine">The values given for an option, in order.</param>
    public static async Task<int> RunAsync(
        Func<ServerOption, IReadOnlyList<string>> commandLine, CommandContext context, CancellationToken stopping)
    {
        if (!TryParse(commandLine, context, out var options, out var error)) return context.Fail(ExitCode.BadArguments, error);
        return await context.Serve(options, stopping).ConfigureAwait(false);
    }

    /// <summary>The settings of a server that is started here and now.</summary>
    internal static bool TryParse(
        Func<ServerOption, IReadOnlyList<string>> commandLine, CommandContext context,
        [NotNullWhen(true)] out ServerOptions? options, [NotNullWhen(false)] out string? error)
    {
        var defaults = ServerOptions.Default with
        {
            Root = ContentFolder.Find(WorkingDirectory.Path ?? AppContext.BaseDirectory, AppContext.BaseDirectory, Directory.Exists),
        };
        return ServerOptionsParser.TryParse(commandLine, context.Environment, defaults, out options, out error);
    }

    /// <summary>An option of the server, for the command line of any command that runs one.</summary>
    public static CommandOption ToOption(ServerOption option) => new(
        option.Name, option.ValueName, option.Help, $"default: {option.Default}; {option.EnvironmentName}", IsRepeatable: option.IsRepeatable);

    /// <summary>Starts the log and runs the server; a failure that the user can mend is one line, also when the log goes elsewhere.</summary>
    /// <param name="handleSignals">Called when the server has given up its privileges, before it begins to serve.</param>
    /// <param name="tap">Who else wants to see what passes; <c>null</c>: nobody.</param>
    public static async Task<int> ServeAsync(ServerOptions options, ServerTap? tap, Action<Action?> handleSignals, CancellationToken stopping)
    {
        if (!LogSetup.TryLoad(options.LogConfig, out var log, out var error)) return Fail(error);
        using (log)
        {
            using var watcher = options.Watch && Watcher.CanShow(Environment.GetEnvironmentVariable)
                ? new Watcher(log, Console.OpenStandardOutput(), string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
                : null;
            return await TftpServer.RunAsync(options, log, tap, () => handleSignals(OnHangup), stopping, watcher is null ? null : watcher.RunAsync).ConfigureAwait(false) is { } failure ? Fail(failure) : ExitCode.Ok;
        }
    }

    /// <summary>SIGHUP: there is nothing yet to read again, and a terminal that was closed ends no server.</summary>
    private static void OnHangup()
    {
    }

    private static int Fail(string line)
    {
        // Whoever restarts the server waits for its end, also when nobody reads what it says.
        Task.Run(() => Console.Error.WriteLine($"{CommandContext.ProgramName}: {line}")).Wait(LogQueue.Patience);
        return ExitCode.Failed;
    }
}
