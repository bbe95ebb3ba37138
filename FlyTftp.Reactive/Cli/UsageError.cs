using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Cli;

/// <summary>What is wrong with a command line before anything is read from it: one line that names the argument and what is allowed.</summary>
internal static class UsageError
{
    /// <returns><c>null</c> when it can be carried out.</returns>
    public static string? Find(ParseResult parsed)
    {
        // Who asks for help gets it, whatever else is written there.
        if (parsed.Errors.Count == 0 || parsed.Action is ParseErrorAction)
        {
            var line = Unmatched(parsed) ?? Misplaced(parsed) ?? Swallowed(parsed)
                ?? (parsed.Errors.Count > 0 ? Explain(parsed.Errors[0], parsed) : null);
            return line is null ? null : Printable.Escape(line);
        }

        return null;
    }

    private static string? Unmatched(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0) return null;
        var token = parsed.UnmatchedTokens[0];
        var command = parsed.CommandResult.Command;
        if (token.StartsWith('-')) return $"{token}: no such option; allowed are {string.Join(", ", command.Options.Select(static option => option.Name))}";
        return command.Subcommands.Count > 0
            ? $"{token}: no such command; allowed are {string.Join(", ", command.Subcommands.Select(static sub => sub.Name))}"
            : $"{token}: one argument too many; see {CommandContext.ProgramName} {command.Name} --help";
    }

    /// <summary>An option of <c>serve</c> before another command would be passed over in silence.</summary>
    private static string? Misplaced(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        foreach (var result in parsed.RootCommandResult.Children.OfType<OptionResult>())
        {
            if (!result.Implicit && !command.Options.Contains(result.Option) && !result.Option.Recursive)
                return $"{result.Option.Name}: not an option of {command.Name}; allowed are {string.Join(", ", command.Options.Select(static option => option.Name))}";
        }

        return null;
    }

    /// <summary><c>--root --flat</c>: the second is no folder.</summary>
    private static string? Swallowed(ParseResult parsed)
    {
        foreach (var result in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            if (result.Tokens.Any(static token => token.Value.StartsWith("--", StringComparison.Ordinal))) return Missing(result.Option);
        }

        return null;
    }

    private static string Explain(ParseError error, ParseResult parsed) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } result => Missing(result.Option),
        OptionResult result => $"{result.Option.Name}: may be given only once",
        ArgumentResult { Parent: OptionResult parent } => Missing(parent.Option),
        ArgumentResult result => $"{parsed.CommandResult.Command.Name}: {result.Argument.Name} is missing: {result.Argument.Description}",
        CommandResult result when result.Command.Arguments.Count > 0 =>
            $"{result.Command.Name}: {result.Command.Arguments[0].Name} is missing: {result.Command.Arguments[0].Description}",
        _ => error.Message,
    };

    private static string Missing(Option option) => $"{option.Name}: a value is missing: {option.Name} {option.HelpName}";
}
