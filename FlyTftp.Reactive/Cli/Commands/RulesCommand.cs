using System.Net;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Rules;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary><c>flytftp rules FILE NAME</c>: shows rule by rule what becomes of a name, as the server would take it.</summary>
public static class RulesCommand
{
    private static readonly string[] ServerOptionNames = ["--allow", "--flat", "--hidden"];

    public static Command Definition { get; } = new(
        "rules", "Show what the rules in a file make of a name", new CommandArgument("FILE NAME", "A map file, as for --rules, and a name as a client asks for it", Most: 2),
        [
            new("--client", "ADDRESS", "This client asks", $"default: {DefaultClient}"),
            .. ServerOptionTable.All.Where(static option => ServerOptionNames.Contains(option.Name)).Select(ServeCommand.ToOption),
        ],
        static (given, context, _) => Task.FromResult(given.Arguments is [var file, var name]
            ? Run(file, name, given.Value("--client"), option => ServerOptionNames.Contains(option.Name) ? given.Values(option.Name) : [], context)
            : context.Fail(ExitCode.BadArguments, "rules: NAME is missing: rules FILE NAME")));

    private const string DefaultClient = "192.0.2.169";

    public static int Run(
        string file, string name, string? clientText, Func<ServerOption, IReadOnlyList<string>> commandLine, CommandContext context)
    {
        if (!ServerOptionsParser.TryParse(commandLine, OfThese(context.Environment), ServerOptions.Default, out var server, out var error))
            return context.Fail(ExitCode.BadArguments, error);
        if (!IPAddress.TryParse(clientText ?? DefaultClient, out var address))
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"--client {clientText}: allowed are an IPv4 and an IPv6 address"));
        if (!TryRead(file, out var text, out error) || !RuleFile.TryParse(text, file, out var rules, out error))
            return context.Fail(ExitCode.BadArguments, Printable.Escape(error));

        var client = Endpoint.From(address, 0);
        var result = rules.Apply(name, new RuleClient(client.Address.ToString(), client.ToHexadecimal(), client.IsIPv4), step => context.Output.WriteLine(Describe(step)));
        if (result.Name is not { } become) return Refuse(result.Refusal!);
        if (!server.Allow.Allows(become)) return Refuse(server.Allow.WhyNot(become));
        if (!SafePath.TryParse(become, server.Flat, server.Hidden, out var path, out var why)) return Refuse(why);

        context.Output.WriteLine(Printable.Escape($"\"{name}\" is \"{path}\""));
        return ExitCode.Ok;

        int Refuse(string reason)
        {
            context.Output.WriteLine(Printable.Escape($"\"{name}\" is refused: {reason}"));
            return ExitCode.Failed;
        }
    }

    private static string Describe(RuleStep step) => Printable.Escape(
        $"{step.Line}: {step.Rule}: {(step.Refusal is { } refusal ? refusal : !step.HasMatched ? "no" : step.Name is { } name ? $"\"{name}\"" : "yes")}");

    // A root that is set there has nothing to do with this.
    private static Func<string, string?> OfThese(Func<string, string?> environment)
    {
        var names = ServerOptionTable.All.Where(static option => ServerOptionNames.Contains(option.Name)).Select(static option => option.EnvironmentName).ToHashSet();
        return name => names.Contains(name) ? environment(name) : null;
    }

    private static bool TryRead(string file, out string text, out string error)
    {
        (text, error) = ("", "");
        try
        {
            text = File.ReadAllText(file);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = exception.Message;
            return false;
        }
    }
}
