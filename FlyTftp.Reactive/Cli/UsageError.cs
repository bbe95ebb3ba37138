using FlyTftp.Reactive.Cli.Commands;

namespace FlyTftp.Reactive.Cli;

/// <summary>What can be wrong with a command line before any value is looked at: one line that names the argument and what is allowed.</summary>
internal static class UsageError
{
    /// <param name="text">As written, a value after = included.</param>
    /// <param name="isNamed">Whether the command was written there: if not, the program's own switches are allowed too.</param>
    public static string NoSuchOption(string text, Command command, bool isNamed)
    {
        var name = text.Split('=')[0];
        IReadOnlyList<string> allowed = [.. isNamed ? [] : HelpText.Switches, .. command.Options.Select(static option => option.Name)];
        return $"{name}: no such option; {NearestName.Suggest(name, allowed)}";
    }

    public static string NoSuchCommand(string word, IEnumerable<Command> commands) =>
        $"{(word.Length == 0 ? "\"\"" : word)}: no such command; {NearestName.Suggest(word, [.. commands.Select(static command => command.Name)])}";

    public static string NotAnOptionOf(Command command, string name) => $"{name}: not an option of {command.Name}; allowed are {Names(command)}";

    public static string OneTooMany(string word, Command command) =>
        $"{word}: one argument too many; see {CommandContext.ProgramName} {command.Name} --help";

    public static string GivenTwice(CommandOption option) => $"{option.Name}: may be given only once";

    public static string ValueMissing(CommandOption option) => $"{option.Name}: a value is missing: {option.Name} {option.ValueName}";

    public static string ArgumentMissing(Command command, CommandArgument argument) => $"{command.Name}: {argument.Name} is missing: {argument.Help}";

    private static string Names(Command command) => string.Join(", ", command.Options.Select(static option => option.Name));
}
