using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server;

namespace FlyTftp.Reactive.Cli;

/// <summary><c>flytftp [serve]</c>: reads the settings, then lets the server run until it is told to stop.</summary>
public static class ServeCommand
{
    /// <param name="commandLine">The values given for an option, in order.</param>
    public static async Task<int> RunAsync(
        Func<ServerOption, IReadOnlyList<string>> commandLine, CommandContext context, CancellationToken stopping)
    {
        var defaults = ServerOptions.Default with
        {
            Root = ContentFolder.Find(Directory.GetCurrentDirectory(), AppContext.BaseDirectory, Directory.Exists),
        };
        if (!ServerOptionsParser.TryParse(commandLine, context.Environment, defaults, out var options, out var error))
            return context.Fail(ExitCode.BadArguments, error);
        if (!Directory.Exists(options.Root))
            return context.Fail(ExitCode.Failed, $"no folder {Printable.Escape(options.Root)} to serve; name one with --root DIR or FLYTFTP_ROOT");
        if (options.LogConfig is { } file && !File.Exists(file))
            return context.Fail(ExitCode.Failed, $"no file {Printable.Escape(file)} to read log rules from; see --log-config");
        return await context.Serve(options, stopping).ConfigureAwait(false);
    }
}
