using System.Text;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli.Stories;

/// <summary>A boot's page as one file that needs nothing else: its styles and its script are put into it, and it may load nothing.</summary>
internal static class BootFile
{
    private const string Policy =
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">";

    /// <param name="ask">Gets a path of the server.</param>
    /// <returns>The page, or the answer that is to blame.</returns>
    public static async Task<(string? Html, HttpAnswer Answer)> FetchAsync(Func<string, Task<HttpAnswer>> ask, ListenAddress server, string id)
    {
        var answer = await ask($"/boots/{id}").ConfigureAwait(false);
        if (answer.Failure is not null) return (null, answer);
        var html = Encoding.UTF8.GetString(answer.Body);
        foreach (var (reference, path, open, close) in Parts)
        {
            if (!html.Contains(reference, StringComparison.Ordinal)) continue;
            answer = await ask(path).ConfigureAwait(false);
            if (answer.Failure is not null) return (null, answer);
            html = html.Replace(reference, open + Encoding.UTF8.GetString(answer.Body) + close, StringComparison.Ordinal);
        }

        return (html
            .Replace("<head>", "<head>" + Policy, StringComparison.Ordinal)
            // What stays on the server is linked to there. Text of the page has no quotation mark that is not escaped.
            .Replace("href=\"/", $"href=\"http://{server}/", StringComparison.Ordinal), answer);
    }

    private static readonly (string Reference, string Path, string Open, string Close)[] Parts =
    [
        ("<link rel=\"stylesheet\" href=\"/ladder.css\">", "/ladder.css", "<style>", "</style>"),
        ("<link rel=\"stylesheet\" href=\"/page.css\">", "/page.css", "<style>", "</style>"),
        ("<script src=\"/ladder.js\"></script>", "/ladder.js", "<script>", "</script>"),
    ];
}
