using System.Text;
using FlyTftp.Reactive.Cli.Stories;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary><c>flytftp boots [ID] [HOST:PORT]</c>: what the live page of a running server tells, as text or as a file.</summary>
public static class BootsCommand
{
    private const string HttpVariable = "FLYTFTP_HTTP", Loopback = "127.0.0.1";
    private const int DefaultPort = 8080, MaxIdLength = 20;

    public static Command Definition { get; } = new(
        "boots", "Show the boots of a running server",
        new CommandArgument("[ID] [HOST:PORT]", "One boot in full, such as b12; the server's --http [default: FLYTFTP_HTTP, else 127.0.0.1:8080]", IsRequired: false, Most: 2),
        [new("--html", "FILE", "Write the page of boot ID, with its ladder diagrams, as one HTML file; - for standard output")],
        static (given, context, stopping) => RunAsync(given.Arguments, given.Value("--html"), context, stopping));

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, string? html, CommandContext context, CancellationToken cancellation)
    {
        var id = arguments.Count > 0 && IsId(arguments[0]) ? arguments[0] : null;
        var serverTexts = arguments.Skip(id is null ? 0 : 1).ToList();
        if (serverTexts.Count > 1)
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"{arguments[0]}: no boot's ID, which is b and a number; see {CommandContext.ProgramName} boots"));
        if (html is not null && id is null) return context.Fail(ExitCode.BadArguments, "--html: name the boot: boots ID --html FILE");

        var text = serverTexts.Count > 0 ? serverTexts[0] : context.Environment(HttpVariable) is { Length: > 0 } variable ? variable : $"{Loopback}:{DefaultPort}";
        if (ListenAddress.TryParse(text, DefaultPort) is not { Port: > 0 } server)
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"{text}: allowed are HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 1 to 65535"));
        if (server.IsAny) server = server with { Host = Loopback };

        var failure = html is null
            ? await PrintAsync(server, id, context.Output, cancellation).ConfigureAwait(false)
            : await SaveAsync(server, id!, html, context, cancellation).ConfigureAwait(false);
        return failure is null ? ExitCode.Ok : context.Fail(ExitCode.Failed, Printable.Escape(failure));
    }

    private static bool IsId(string text) => text.Length is > 1 and <= MaxIdLength && text[0] == 'b' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static async Task<string?> PrintAsync(ListenAddress server, string? id, TextWriter output, CancellationToken cancellation)
    {
        var answer = await HttpGet.AskAsync(server.Host, server.Port, id is null ? "/api/boots" : $"/api/boots/{id}", cancellation).ConfigureAwait(false);
        if (Explain(server, answer, id) is { } failure) return failure;
        if (JsonValue.Parse(answer.Body) is not { } json) return $"{server}: what answers there is not flytftp";
        if (id is not null) StoryText.WriteStory(output, json);
        else if (json.Items.Count == 0) output.WriteLine("no boots yet");
        else StoryText.WriteList(output, json);
        return null;
    }

    private static async Task<string?> SaveAsync(ListenAddress server, string id, string file, CommandContext context, CancellationToken cancellation)
    {
        var page = await BootFile.FetchAsync(path => HttpGet.AskAsync(server.Host, server.Port, path, cancellation), server, id).ConfigureAwait(false);
        if (page.Html is null) return Explain(server, page.Answer, id) ?? $"{server}: what answers there is not flytftp";
        try
        {
            using var output = await OutputTarget.OpenAsync(file, $"--html {file}", context.OpenOutput, cancellation).ConfigureAwait(false);
            await output.Stream.WriteAsync(Encoding.UTF8.GetBytes(page.Html), cancellation).ConfigureAwait(false);
            output.Commit();
            return null;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return exception.Message;
        }
    }

    /// <summary>What is wrong, and where that is known what to change; <c>null</c>: nothing.</summary>
    private static string? Explain(ListenAddress server, HttpAnswer answer, string? id) => answer switch
    {
        { Failure: null } => null,
        { Status: 404 } when Encoding.UTF8.GetString(answer.Body).StartsWith("not found", StringComparison.Ordinal) => $"{server}: that server has no live page: start it with --page",
        { Status: 404 } when id is not null => $"{server}: there is no boot {id}: it may have been pushed out of the history",
        _ => $"{server}: {answer.Failure}",
    };
}
