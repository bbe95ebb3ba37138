using FlyTftp.Reactive.Cli.Commands;

namespace FlyTftp.Reactive.Cli;

/// <summary>What <c>--help</c> and <c>--version</c> say, written from the same table that the command line is read by.</summary>
internal static class HelpText
{
    public const string Version = "--version", Help = "--help";

    /// <summary>Understood by the program rather than by a command.</summary>
    public static IReadOnlyList<string> Switches { get; } = [Help, Version];

    /// <summary>Who asks for help gets it, whatever else is written there.</summary>
    public static bool IsWanted(IEnumerable<string> arguments) =>
        arguments.TakeWhile(static argument => argument != "--").Any(static argument => argument is Help or "-h" or "-?");

    /// <param name="command"><c>null</c>: the program, with what it does without a command.</param>
    public static void Write(TextWriter output, Command? command, IReadOnlyList<Command> commands)
    {
        var shown = command ?? commands[0];
        var usage = command is null ? "[COMMAND]" : command.Name + (command.Argument is { } argument ? $" {Shown(argument)}" : "");
        output.WriteLine(command is null ? "A read-only TFTP server for network boot. Without a command it serves." : command.Help + ".");
        output.WriteLine();
        output.WriteLine($"Usage: {CommandContext.ProgramName} {usage} [OPTIONS]");
        if (command is null) WriteTable(output, "Commands", [.. commands.Select(static known => (known.Name, known.Help))]);
        if (command?.Argument is { } described) WriteTable(output, "Argument", [(described.Name, described.Help)]);
        WriteTable(output, "Options",
        [
            .. shown.Options.SelectMany(Lines),
            ($"-h, {Help}", "Show this help"),
            .. command is null ? [(Version, "Show the version")] : Array.Empty<(string, string)>(),
        ]);
    }

    private static string Shown(CommandArgument argument) => argument.IsRequired || argument.Most > 1 ? argument.Name : $"[{argument.Name}]";

    private static IEnumerable<(string Left, string Right)> Lines(CommandOption option)
    {
        var names = option.Letter is { } letter ? $"-{letter}, {option.Name}" : option.Name;
        yield return ($"{names} <{option.ValueName ?? "true|false"}>", option.Help);
        if (option.Note is { } note) yield return ("", $"[{note}]");
    }

    private static void WriteTable(TextWriter output, string title, IReadOnlyList<(string Left, string Right)> lines)
    {
        var width = lines.Max(static line => line.Left.Length);
        output.WriteLine();
        output.WriteLine(title + ":");
        foreach (var (left, right) in lines) output.WriteLine($"  {left.PadRight(width)}  {right}");
    }
}
