using FlyTftp.Reactive.Cli.Commands;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// Reads a command line from left to right: <c>--name value</c>, <c>--name=value</c>, switches, arguments, and <c>--</c>, after which
/// nothing is an option. The first word that belongs to no option is the command. Options before it are the default command's, and are
/// allowed where the command that follows has them too.
/// </summary>
/// <param name="commands">The first is meant when none is named.</param>
internal sealed class ArgumentReader(IReadOnlyList<Command> commands)
{
    private bool _optionsEnded;

    public Command Command { get; private set; } = commands[0];

    /// <summary>Whether the command was written there; otherwise it is the default.</summary>
    public bool IsNamed { get; private set; }

    /// <summary>Only before a command's name: it is the program that has a version.</summary>
    public bool WantsVersion { get; private set; }

    public GivenArguments Given { get; } = new();

    /// <summary>Reads all of it, or up to the first mistake.</summary>
    /// <returns><c>null</c>, or what is wrong, in one line.</returns>
    public string? Read(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            if (ReadOne(arguments, ref index) is { } error) return error;
        }

        return Command.Argument is { IsRequired: true } argument && Given.Argument is null && !WantsVersion
            ? UsageError.ArgumentMissing(Command, argument)
            : null;
    }

    private string? ReadOne(IReadOnlyList<string> arguments, ref int index)
    {
        var text = arguments[index];
        if (_optionsEnded || text is "-" || !text.StartsWith('-')) return ReadWord(text);
        if (text == "--")
        {
            _optionsEnded = true;
            return null;
        }

        if (text == HelpText.Version && !IsNamed)
        {
            WantsVersion = true;
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (Command.Find(equals < 0 ? text : text[..equals]) is not { } option) return UsageError.NoSuchOption(text, Command, IsNamed);
        if (!option.IsRepeatable && Given.Values(option.Name).Count > 0) return UsageError.GivenTwice(option);

        string? value = equals < 0 ? null : text[(equals + 1)..];
        if (value is null && index + 1 < arguments.Count && IsValue(option, arguments[index + 1])) value = arguments[++index];
        value ??= option.ValueName is null ? GivenArguments.On : null;
        if (value is null) return UsageError.ValueMissing(option);
        Given.Add(option.Name, value);
        return null;
    }

    /// <summary>
    /// Whether the text that follows an option is its value. <c>--root --flat</c> lacks a folder; a switch takes a word only where that can
    /// be nothing else.
    /// </summary>
    private bool IsValue(CommandOption option, string next) => option.ValueName is not null
        ? !next.StartsWith("--", StringComparison.Ordinal)
        : !next.StartsWith('-') && Command.Argument is null && (IsNamed || FindCommand(next) is null);

    private string? ReadWord(string word)
    {
        if (!IsNamed && !_optionsEnded)
        {
            if (FindCommand(word) is not { } command) return UsageError.NoSuchCommand(word, commands);
            (Command, IsNamed) = (command, true);
            return Given.Names.FirstOrDefault(name => command.Find(name) is null) is { } misplaced ? UsageError.NotAnOptionOf(command, misplaced) : null;
        }

        if (Given.Arguments.Count >= (Command.Argument?.Most ?? 0)) return UsageError.OneTooMany(word, Command);
        Given.Arguments.Add(word);
        return null;
    }

    private Command? FindCommand(string word) => commands.FirstOrDefault(command => command.Name == word);
}
