using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Cli.Watch;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Server.Reload;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary><c>flytftp [serve]</c>: reads the settings, then lets the server run until it is told to stop.</summary>
public static class ServeCommand
{
    private const string EnvironmentFileOption = "--environment-file";

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
        var option = ServerOptionTable.All.First(static option => option.Name == EnvironmentFileOption);
        var file = commandLine(option) is [var given, ..] ? given : context.Environment(option.EnvironmentName);
        if (string.IsNullOrEmpty(file)) return ServerOptionsParser.TryParse(commandLine, context.Environment, defaults, out options, out error);

        options = null;
        if (!TryRead(file, out var variables, out error) || !Reread(variables, out options, out error)) return false;
        options = options with { EnvironmentFile = file, Reread = Reread };
        return true;

        bool Reread(IReadOnlyDictionary<string, string> known, [NotNullWhen(true)] out ServerOptions? read, [NotNullWhen(false)] out string? complaint)
        {
            // NLog reads its variables itself.
            foreach (var (name, value) in known.Where(static variable => variable.Key.StartsWith(LogSetup.TargetVariable, StringComparison.Ordinal)))
                Environment.SetEnvironmentVariable(name, value);
            return ServerOptionsParser.TryParse(
                commandLine, name => known.TryGetValue(name, out var value) ? value : context.Environment(name), defaults, out read, out complaint);
        }
    }

    private static bool TryRead(
        string file, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? variables, [NotNullWhen(false)] out string? error)
    {
        variables = null;
        try
        {
            return EnvironmentFile.TryParse(File.ReadAllText(file), Printable.Escape(file), out variables, out error);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = Printable.Escape($"{file}: {exception.Message}");
            return false;
        }
    }

    /// <summary>An option of the server, for the command line of any command that runs one.</summary>
    public static CommandOption ToOption(ServerOption option) => new(
        option.Name, option.ValueName, option.Help, $"default: {option.Default}; {option.EnvironmentName}", IsRepeatable: option.IsRepeatable);

    /// <summary>Starts the log and runs the server; a failure that the user can mend is one line, also when the log goes elsewhere.</summary>
    /// <param name="handleSignals">Called when the server has given up its privileges, before it begins to serve, with what SIGHUP does.</param>
    /// <param name="tap">Who else wants to see what passes; <c>null</c>: nobody.</param>
    public static async Task<int> ServeAsync(ServerOptions options, ServerTap? tap, Action<Action?> handleSignals, CancellationToken stopping)
    {
        if (!LogSetup.TryLoad(options.LogConfig, out var log, out var error)) return Fail(error);
        using (log)
        {
            using var watcher = options.Watch && Watcher.CanShow(Environment.GetEnvironmentVariable)
                ? new Watcher(log, Console.OpenStandardOutput(), string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
                : null;
            return await TftpServer.RunAsync(options, log, tap, handleSignals, stopping, watcher is null ? null : watcher.RunAsync).ConfigureAwait(false) is { } failure ? Fail(failure) : ExitCode.Ok;
        }
    }

    private static int Fail(string line)
    {
        // Whoever restarts the server waits for its end, also when nobody reads what it says.
        Task.Run(() => Console.Error.WriteLine($"{CommandContext.ProgramName}: {line}")).Wait(LogQueue.Patience);
        return ExitCode.Failed;
    }
}
