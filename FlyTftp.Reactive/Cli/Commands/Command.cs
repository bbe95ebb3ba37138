namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>One thing the program can do: its words on the command line, and who does it.</summary>
/// <param name="Help">One sentence without its full stop.</param>
/// <param name="HandlesSignals">It asks for SIGINT and SIGTERM itself, when it is ready for the thread that brings them.</param>
/// <param name="Argument">What may stand there without an option's name; <c>null</c>: nothing.</param>
public sealed record Command(string Name, string Help, CommandArgument? Argument, IReadOnlyList<CommandOption> Options, CommandAction RunAsync,
    bool HandlesSignals = false)
{
    /// <param name="name">As written: <c>--output</c> or <c>-o</c>.</param>
    public CommandOption? Find(string name) => Options.FirstOrDefault(option => name == option.Name || (option.Letter is { } letter && name == $"-{letter}"));
}

/// <summary>Carries a command out; returns an <see cref="ExitCode"/>.</summary>
public delegate Task<int> CommandAction(GivenArguments given, CommandContext context, CancellationToken stopping);

/// <param name="Name">As help and complaints call it: <c>URL</c>.</param>
/// <param name="Most">How many may stand there.</param>
public sealed record CommandArgument(string Name, string Help, bool IsRequired = true, int Most = 1);

/// <param name="Name"><c>--output</c>.</param>
/// <param name="ValueName">What stands for the value in help, or <c>null</c> for a switch.</param>
/// <param name="Help">One sentence without its full stop.</param>
/// <param name="Note">What help says in brackets: the default.</param>
/// <param name="Letter"><c>o</c> for <c>-o</c>.</param>
public sealed record CommandOption(
    string Name, string? ValueName, string Help, string? Note = null, char? Letter = null, bool IsRepeatable = false);
