using System.Net;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Live;

namespace FlyTftp.Reactive.Server.Page;

/// <summary>
/// The live page and its data: <c>/</c>, <c>/events</c>, <c>/boots/ID</c>, <c>/boots/ID.pcapng</c>, <c>/api/boots</c>, <c>/api/boots/ID</c>. All of it
/// is in the program; nothing is loaded from elsewhere, and the policy of each page lets no other script run. Read only, and no CORS.
/// </summary>
/// <param name="hostName">A name by which the page may be asked for (<c>--http-name</c>), besides IP addresses and localhost.</param>
internal sealed class PageRoutes(LiveFeed feed, BootHistory history, string? hostName)
{
    private const string Html = "text/html; charset=utf-8", Json = "application/json; charset=utf-8", Css = "text/css; charset=utf-8",
        JavaScript = "text/javascript; charset=utf-8", Capture = "application/x-pcapng", EventStream = "text/event-stream";

    private const string Headers =
        "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
        + "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n";

    private const string Boots = "/boots/", ApiBoots = "/api/boots", Pcapng = ".pcapng";

    private static readonly Dictionary<string, (string Type, string Resource)> Files = new(StringComparer.Ordinal)
    {
        ["/"] = (Html, "page.html"),
        ["/page.css"] = (Css, "page.css"),
        ["/page.js"] = (JavaScript, "page.js"),
        ["/ladder.css"] = (Css, "ladder.css"),
        ["/ladder.js"] = (JavaScript, "ladder.js"),
    };

    /// <summary>The answer to a path of the page; <c>null</c>: not one of its paths.</summary>
    public HttpHandler? Find(HttpRequestHead request)
    {
        var answer = Answer(request.Path);
        if (answer is null) return null;
        return _ => ValueTask.FromResult(IsOwnHost(request.Host) ? answer() : HttpResponse.Text(421, "this page is served by IP address, as localhost, or by the name given with --http-name"));
    }

    /// <summary>
    /// Whether a page may be asked for by this name. A foreign site can point a name of its own here (DNS rebinding), and then read what its
    /// visitor can reach; it cannot do so for an address.
    /// </summary>
    internal bool IsOwnHost(string host)
    {
        var end = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        var name = end >= 0 ? host[..end] : host;
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (hostName is not null && name.Equals(hostName, StringComparison.OrdinalIgnoreCase)) return true;
        return name.StartsWith('[') && name.EndsWith(']') ? IPAddress.TryParse(name[1..^1], out _) : name.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(name, out _);
    }

    private Func<HttpResponse>? Answer(string path)
    {
        if (Files.TryGetValue(path, out var file)) return () => Page(file.Type, Resource(file.Resource));
        if (path == "/events") return Follow;
        if (path == ApiBoots) return () => Of(LiveJson.Boots(history.Since(0, LiveFeed.BootsMax).Boots));
        if (path.StartsWith(ApiBoots + "/", StringComparison.Ordinal)) return Of(path[(ApiBoots.Length + 1)..], static record => Of(LiveJson.Boot(record)));
        if (!path.StartsWith(Boots, StringComparison.Ordinal)) return null;
        var id = path[Boots.Length..];
        return id.EndsWith(Pcapng, StringComparison.Ordinal)
            ? Of(id[..^Pcapng.Length], static record => Page(Capture, "") with { Bytes = BootCapture.Write(record) })
            : Of(id, static record => Page(Html, BootPage.Write(record)));
    }

    private Func<HttpResponse> Of(string id, Func<BootRecord, HttpResponse> show) =>
        () => history.Find(id) is { } record ? show(record) : HttpResponse.Text(404, "no such boot: it may have been pushed out of the history");

    private HttpResponse Follow() => feed.Join() is { } viewer
        ? Page(EventStream, "") with { Events = viewer.Events, OnEnd = viewer }
        : HttpResponse.Text(503, $"{LiveFeed.ViewersMax} viewers follow already");

    private static HttpResponse Of(JsonText json) => Page(Json, "") with { Bytes = json.ToBytes() };

    private static HttpResponse Page(string type, string body) => new(200, type, body) { Fields = Headers };

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(PageRoutes).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
