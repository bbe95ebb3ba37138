using FlyTftp.Reactive.Cli.Commands;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli;

/// <summary>The program: finds the command that was asked for and has it carried out. <c>serve</c> is what happens without one.</summary>
public static class CommandLine
{
    /// <summary>In the order of the help. A new command is one line here.</summary>
    public static IReadOnlyList<Command> Commands { get; } =
    [
        ServeCommand.Definition, GetCommand.Definition, CheckCommand.Definition, ReplayCommand.Definition, RecordCommand.Definition,
        SimulateCommand.Definition, BootsCommand.Definition, RulesCommand.Definition,
    ];

    public static Task<int> RunAsync(IReadOnlyList<string> arguments, CommandContext context, CancellationToken stopping)
    {
        var reader = new ArgumentReader(Commands);
        var error = reader.Read(arguments);
        if (HelpText.IsWanted(arguments))
        {
            HelpText.Write(context.Output, reader.IsNamed ? reader.Command : null, Commands);
            return Task.FromResult(ExitCode.Ok);
        }

        if (error is not null) return Task.FromResult(context.Fail(ExitCode.BadArguments, Printable.Escape(error)));
        if (!reader.WantsVersion)
        {
            if (!reader.Command.HandlesSignals) context.HandleSignals(null);
            return reader.Command.RunAsync(reader.Given, context, stopping);
        }


        context.Output.WriteLine(ProgramVersion.Number);
        return Task.FromResult(ExitCode.Ok);
    }
}
