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
    private const int DefaultTimeoutSeconds = 3, MaxTimeoutSeconds = 300;
    private const string Loopback = "127.0.0.1", ListenVariable = "FLYTFTP_LISTEN";

    /// <summary>Set by Fly.io in the machine that tests another one during a deploy: the other one's private address.</summary>
    private const string TestedMachineVariable = "FLY_TEST_MACHINE_IP";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static Command Definition { get; } = new(
        "check", "Check a server by downloading a small file",
        new CommandArgument("HOST:PORT", "The server [default: where FLYTFTP_LISTEN says, else 127.0.0.1:69]", IsRequired: false),
        [
            new("--name", "NAME", "File to download", $"default: {DefaultName}"),
            new("--timeout", "SECONDS", "Time after which the check has failed", $"default: {DefaultTimeoutSeconds}"),
        ],
        static (given, context, stopping) => RunAsync(given.Argument, given.Value("--name"), given.Value("--timeout"), context, stopping));

    public static async Task<int> RunAsync(
        string? serverText, string? name, string? timeoutText, CommandContext context, CancellationToken cancellation)
    {
        if (!TryParseTimeout(timeoutText, out var timeout))
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"--timeout {timeoutText}: allowed are 1 to {MaxTimeoutSeconds} (seconds)"));
        var server = serverText is null ? DefaultServer(context) : ListenAddress.TryParse(serverText, ServerOptions.TftpPort);
        if (server is not { Port: > 0 })
            return context.Fail(ExitCode.BadArguments, $"{Printable.Escape(serverText ?? "")}: allowed are HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 1 to 65535");
        if (server.IsAny) server = server with { Host = Loopback };

        var request = new DownloadRequest(server.Host, server.Port, name ?? DefaultName);
        var result = await DownloadAsync(request, timeout, cancellation).ConfigureAwait(false);
        if (!result.IsComplete) return context.Fail(ExitCode.Failed, Printable.Escape($"{server}: {request.FileName}: {result.Detail}"));

        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{server}: ok, {Printable.Escape(request.FileName)}, {result.Bytes} bytes in {result.Duration.TotalMilliseconds:F0} ms"));
        return ExitCode.Ok;
    }

    /// <param name="text"><c>null</c>: not given.</param>
    public static bool TryParseTimeout(string? text, out TimeSpan timeout)
    {
        var seconds = DefaultTimeoutSeconds;
        var isAllowed = text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is >= 1 and <= MaxTimeoutSeconds);
        timeout = TimeSpan.FromSeconds(seconds);
        return isAllowed;
    }

    /// <summary>
    /// Ends in time whatever the server does, also one that never comes to an end. Until then that nobody listens, that there is no way there or
    /// that the name is not known is asked again: a machine that has just been booted is not there at once.
    /// </summary>
    private static async Task<DownloadResult> DownloadAsync(DownloadRequest request, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        // Of the two limits the one above is the one that tells.
        request = request with { InactivityLimit = 2 * timeout };
        DownloadResult? last = null;
        while (true)
        {
            var result = await TftpClient.DownloadAsync(request, Stream.Null, null, limit.Token).ConfigureAwait(false);
            if (result.Outcome == DownloadOutcome.Cancelled && !cancellation.IsCancellationRequested)
                return last ?? result with { Detail = string.Create(CultureInfo.InvariantCulture, $"{(result.Bytes == 0 ? "no answer" : $"{result.Bytes} bytes and no end")} within {timeout.TotalSeconds} s") };
            if (result.Outcome is not (DownloadOutcome.Refused or DownloadOutcome.Unreachable)) return result;
            last = result;
            try
            {
                await Task.Delay(Pause, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return last;
            }
        }
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
