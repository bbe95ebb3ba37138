using System.Globalization;
using System.Net;
using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary><c>flytftp check [HOST:PORT]</c>: downloads a small file, as a machine that boots would, and says whether that worked.</summary>
public static class CheckCommand
{
    public const string DefaultName = "boot.ipxe";
    private const string Loopback = "127.0.0.1", ListenVariable = "FLYTFTP_LISTEN";

    /// <summary>Set by Fly.io in the machine that tests another one during a deploy: the other one's private address.</summary>
    private const string TestedMachineVariable = "FLY_TEST_MACHINE_IP";


    public static Command Definition { get; } = new(
        "check", "Check a server by downloading a small file",
        new CommandArgument("HOST:PORT", "The server [default: where FLYTFTP_LISTEN says, else 127.0.0.1:69]", IsRequired: false),
        [new("--name", "NAME", "File to download", $"default: {DefaultName}")],
        static (given, context, stopping) => RunAsync(given.Argument, given.Value("--name"), context, stopping));

    public static async Task<int> RunAsync(string? serverText, string? name, CommandContext context, CancellationToken cancellation)
    {
        var server = serverText is null ? DefaultServer(context) : ListenAddress.TryParse(serverText, ServerOptions.TftpPort);
        if (server is not { Port: > 0 })
            return context.Fail(ExitCode.BadArguments, $"{Printable.Escape(serverText ?? "")}: allowed are HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 1 to 65535");
        if (server.IsAny) server = server with { Host = Loopback };

        var request = new DownloadRequest(server.Host, server.Port, name ?? DefaultName) { InactivityLimit = TimeSpan.FromSeconds(3) };
        var result = await TftpClient.DownloadAsync(request, Stream.Null, null, cancellation).ConfigureAwait(false);
        if (!result.IsComplete) return context.Fail(ExitCode.Failed, Printable.Escape($"{server}: {request.FileName}: {result.Detail}"));

        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{server}: ok, {Printable.Escape(request.FileName)}, {result.Bytes} bytes in {result.Duration.TotalMilliseconds:F0} ms"));
        return ExitCode.Ok;
    }

    /// <summary>The first address that the server in the same surroundings listens on; a wildcard is asked by loopback.</summary>
    private static ListenAddress DefaultServer(CommandContext context)
    {
        var first = context.Environment(ListenVariable) is { Length: > 0 } listen ? listen.Split(',')[0].Trim() : "";
        var server = ListenAddress.TryParse(first, ServerOptions.TftpPort) ?? new ListenAddress(Loopback, ServerOptions.TftpPort);
        // An image without a shell cannot put the variable into the check's arguments.
        return IPAddress.TryParse(context.Environment(TestedMachineVariable), out var tested) ? server with { Host = tested.ToString() } : server;
    }
}
