using System.Globalization;
using System.Net;
using System.Text;
using FlyTftp.Reactive.Content.Cache;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Server.Files;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>What was written after <c>flytftp replay</c>.</summary>
/// <param name="Only">An address, or an address and a port.</param>
public sealed record ReplayArguments(string Capture, string? Root, string? Transcript, string? Html, string? Only, string? Port);

/// <summary><c>flytftp replay CAPTURE</c>: one line a session, a summary, and whether all of them end as they did then.</summary>
public static class ReplayCommand
{
    /// <summary>The options of <c>serve</c> that a replay has too.</summary>
    private static readonly IReadOnlyList<string> ServerOptionNames =
        ["--allow", "--flat", "--blksize-max", "--windowsize-max", "--window-bytes", "--retries", "--sessions-max"];

    private const string StandardInput = "-", BlockSizeMax = "--blksize-max";

    /// <summary>Bytes: what an interface of Ethernet's MTU holds of a block, less the headers of IP, UDP and TFTP.</summary>
    private const int OnEthernetIPv4 = 1468, OnEthernetIPv6 = 1448;

    public static Command Definition { get; } = new(
        "replay", "Run a recorded boot through this server and compare", new CommandArgument("CAPTURE", "pcap or pcapng file; - for standard input"),
        [
            new("--root", "DIR", "Folder to take files from; what is missing there comes from the capture", "default: the capture alone"),
            new("--transcript", "FILE", "Write every datagram to this file, one per line; - for standard output"),
            new("--html", "FILE", "Write an HTML page with a ladder diagram per session; - for standard output"),
            new("--only", "ADDRESS[:PORT]", "Replay only this client's sessions"),
            new("--port", "N", "Port of the recorded server", "default: 69"),
            // Not from the environment: a replay is the same everywhere.
            .. ServerOptionTable.All.Where(static option => ServerOptionNames.Contains(option.Name))
                .Select(static option => ServeCommand.ToOption(option) with { Note = $"default: {(option.Name == BlockSizeMax ? "what was granted then" : option.Default)}" }),
        ],
        static (given, context, stopping) => RunAsync(
            new ReplayArguments(
                given.Argument!, given.Value("--root"), given.Value("--transcript"), given.Value("--html"), given.Value("--only"), given.Value("--port")),
            option => ServerOptionNames.Contains(option.Name) ? given.Values(option.Name) : [], context, stopping));

    public static async Task<int> RunAsync(
        ReplayArguments arguments, Func<ServerOption, IReadOnlyList<string>> commandLine, CommandContext context, CancellationToken stopping)
    {
        if (!ServerOptionsParser.TryParse(commandLine, static _ => null, ServerOptions.Default, out var server, out var error))
            return context.Fail(ExitCode.BadArguments, error);
        if (!TryParsePort(arguments.Port, out var port))
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"--port {arguments.Port}: allowed are 1 to 65535"));
        if (!TryParseClient(arguments.Only, out var only))
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"--only {arguments.Only}: allowed are an address, and an address and a port"));

        if (OutputTarget.IsStandardOutputName(arguments.Transcript) && OutputTarget.IsStandardOutputName(arguments.Html))
            return context.Fail(ExitCode.BadArguments, "--transcript, --html: only one of them can be standard output");

        IFileOpener? opener = null;
        if (arguments.Root is { } root && !ContentAccess.TryOpenRoot(root, ContentAccess.NamesOf(root), out opener, out _, out error))
            return context.Fail(ExitCode.Failed, Printable.Escape(error));
        using var held = opener;
        try
        {
            using var capture = arguments.Capture == StandardInput ? CaptureFile.Spool(context.OpenInput()) : CaptureFile.Open(arguments.Capture);
            using var transcript = await OpenAsync("--transcript", arguments.Transcript, arguments, context, stopping).ConfigureAwait(false);
            using var page = await OpenAsync("--html", arguments.Html, arguments, context, stopping).ConfigureAwait(false);
            using var lines = transcript is null ? null : Writer(transcript);
            var options = new ReplayOptions
            {
                // What this machine's interfaces hold says nothing about the recorded network.
                Limits = server.ToSessionLimits(static _ => TransferParameters.MaxBlockSize),
                AssumedBlockSizeMax = server.BlockSizeMax is null ? OnEthernet : null,
                Root = opener is null ? null : BlockingOpener.StoreOver(opener),
                NearestName = arguments.Root is { } folder ? new NearestName(folder).Of : static _ => null,
                Port = port,
                Only = only,
                Transcript = lines,
                HasLadders = page is not null,
            };
            var exitCode = Run(arguments, capture, options, page, context);
            lines?.Dispose();
            transcript?.Commit();
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            return context.Fail(ExitCode.Failed, "interrupted before anybody has read what is to be written");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return context.Fail(ExitCode.BadArguments, Printable.Escape(exception.Message));
        }
    }

    private static int Run(ReplayArguments arguments, CaptureFile capture, ReplayOptions options, OutputFile? page, CommandContext context)
    {
        // What was asked for on standard output stands there alone.
        var told = OutputTarget.IsStandardOutputName(arguments.Transcript) || OutputTarget.IsStandardOutputName(arguments.Html)
            ? context.Error : context.Output;
        var bar = new ProgressBar(context.Error, Printable.Escape(arguments.Capture), context.ProgressStyle, context.Clock);
        var stories = new ReplayStories(options.HasLadders);
        var summary = Replayer.Run(capture, options with
        {
            OnProgress = (done, total) => bar.Report(done, total),
            OnBoot = (boot, start) =>
            {
                bar.Clear();
                stories.Tell(boot, start, told);
            },
            OnSession = result =>
            {
                bar.Clear();
                told.WriteLine(result);
            },
        });
        bar.Clear();
        told.WriteLine(summary);
        if (page is not null)
        {
            using (var writer = Writer(page))
            {
                LadderHtml.Write(writer, new LadderPage(Path.GetFileName(arguments.Capture), summary.ToString(), summary.Ladders)
                {
                    SessionsLeftOut = summary.LaddersLeftOut,
                    Stories = stories.Kept,
                    StoriesLeftOut = stories.LeftOut,
                });
            }

            page.Commit();
        }

        if (capture.Flaw is { } flaw) return context.Fail(ExitCode.BadArguments, Printable.Escape($"{arguments.Capture}: {flaw}"));
        if (summary.Fault is { } fault) return context.Fail(ExitCode.BadArguments, Printable.Escape($"{arguments.Capture}: {fault}"));
        if (summary.NothingCompared is { } why) return context.Fail(ExitCode.NothingCompared, Printable.Escape($"{arguments.Capture}: {why}"));
        return summary.Verdicts[(int)Verdict.Differs] > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    // The interface that serve would have is not in the capture.
    private static int OnEthernet(Flow flow) =>
        flow.Local.IsLoopback ? TransferParameters.MaxBlockSize : flow.Remote.IsIPv4 ? OnEthernetIPv4 : OnEthernetIPv6;

    /// <exception cref="IOException">It cannot be written; one line for the user.</exception>
    private static async Task<OutputFile?> OpenAsync(
        string option, string? path, ReplayArguments arguments, CommandContext context, CancellationToken stopping)
    {
        if (path is null) return null;
        if (arguments.Capture != StandardInput && OutputTarget.IsSameFile(path, arguments.Capture)) throw new IOException($"{option} {path}: is the capture itself");
        return await OutputTarget.OpenAsync(path, $"{option} {path}", context.OpenOutput, stopping).ConfigureAwait(false);
    }

    private static StreamWriter Writer(OutputFile output) =>
        new(output.Stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };

    private static bool TryParsePort(string? text, out int port)
    {
        port = ServerOptions.TftpPort;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue);
    }

    private static bool TryParseClient(string? text, out Func<Endpoint, bool> only)
    {
        only = static _ => true;
        if (text is null) return true;
        if (!IPEndPoint.TryParse(text, out var parsed)) return false;
        var wanted = Endpoint.From(parsed);
        only = client => client.High == wanted.High && client.Low == wanted.Low && (wanted.Port == 0 || wanted.Port == client.Port);
        return true;
    }
}
