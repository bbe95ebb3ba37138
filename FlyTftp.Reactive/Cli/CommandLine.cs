using System.CommandLine;
using FlyTftp.Reactive.Server;

namespace FlyTftp.Reactive.Cli;

/// <summary>The commands, their options and who carries them out. <c>serve</c> is what happens without a command.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandContext context, CancellationToken stopping)
    {
        var parsed = Build(context).Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (UsageError.Find(parsed) is { } error) return context.Fail(ExitCode.BadArguments, error);

        // Signals are ours (StopSignals), and an exception here is a bug that should be seen.
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            },
            stopping).ConfigureAwait(false);
    }

    private static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand("A read-only TFTP server for network boot. Without a command it serves.");
        root.Directives.Clear();
        var serve = new Command("serve", "Serve files by TFTP; the default");
        var options = ServerOptionTable.All.ToDictionary(static option => option, ToOption);
        foreach (var option in options.Values)
        {
            root.Options.Add(option);
            serve.Options.Add(option);
        }

        root.SetAction(ServeAsync);
        serve.SetAction(ServeAsync);
        root.Subcommands.Add(serve);
        root.Subcommands.Add(BuildGet(context));
        root.Subcommands.Add(BuildCheck(context));
        return root;

        Task<int> ServeAsync(ParseResult parsed, CancellationToken stopping) =>
            ServeCommand.RunAsync(option => Values(parsed, option, options[option]), context, stopping);
    }

    private static Option<string[]> ToOption(ServerOption option) => new(option.Name)
    {
        Description = $"{option.Help} [default: {option.Default}; {option.EnvironmentName}]",
        HelpName = option.ValueName ?? "true|false",
        // A second value is refused by the parser of the options, in its own words; a switch may stand alone.
        Arity = option.ValueName is null ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
    };

    private static IReadOnlyList<string> Values(ParseResult parsed, ServerOption definition, Option option) =>
        parsed.GetResult(option) switch
        {
            null => [],
            { Tokens.Count: 0 } when definition.ValueName is null => ["true"],
            { } result => [.. result.Tokens.Select(static token => token.Value)],
        };

    private static Command BuildGet(CommandContext context)
    {
        var url = new Argument<string>("URL") { Description = "tftp://HOST[:PORT]/NAME" };
        var output = new Option<string>("--output", "-o") { Description = "Save under this name, - is standard output [default: the URL's last segment]", HelpName = "FILE" };
        var blockSize = new Option<string>("--blksize") { Description = "Ask for blocks of so many octets [default: 1428]", HelpName = "N" };
        var windowSize = new Option<string>("--windowsize") { Description = "Ask for so many blocks at a time [default: 16]", HelpName = "N" };
        var get = new Command("get", "Download a file by TFTP") { url, output, blockSize, windowSize };
        get.SetAction((parsed, stopping) => GetCommand.RunAsync(
            parsed.GetRequiredValue(url), parsed.GetValue(output), parsed.GetValue(blockSize), parsed.GetValue(windowSize), context, stopping));
        return get;
    }

    private static Command BuildCheck(CommandContext context)
    {
        var server = new Argument<string?>("HOST:PORT") { Description = "The server [default: where FLYTFTP_LISTEN says, else 127.0.0.1:69]", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string>("--name") { Description = $"Download this file [default: {CheckCommand.DefaultName}]", HelpName = "NAME" };
        var check = new Command("check", "Download a small file and say whether that worked, for health checks") { server, name };
        check.SetAction((parsed, stopping) => CheckCommand.RunAsync(parsed.GetValue(server), parsed.GetValue(name), context, stopping));
        return check;
    }
}
