namespace FlyTftp.Reactive.Ladders;

/// <summary>
/// Writes a page that needs nothing but itself: no script, font or picture from elsewhere, and its policy lets no other script run than its own,
/// whatever a capture has for a file name. Readable in dark and light, and without the script: that only sorts and opens.
/// </summary>
internal static class LadderHtml
{
    /// <summary>
    /// SHA-256 of the page's own style and script, for its policy (CSP level 2 §4.2.5). Written down and held to by a test: to compute them here
    /// would add a cryptographic library to the program.
    /// </summary>
    internal const string StyleHash = "sha256-zL2S6yag4JOuaOYMPP1sRkM73OcDDYFX+w+onBj6O6U=", ScriptHash = "sha256-5FRKYBjorTcXxtRy4zFTMmCzN4/RnfAyXhICAHJS5+o=";

    internal static readonly string Style = Resource("ladder.css"), Script = Resource("ladder.js");

    public static void Write(TextWriter html, LadderPage page)
    {
        html.Write($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src '{StyleHash}'; script-src '{ScriptHash}'">
            <link rel="icon" href="data:,"><title>{Markup.Text(page.Title)}</title><style>{Style}</style></head><body>
            <header><h1>{Markup.Text(page.Title)}</h1><p>{Markup.Text(page.Summary)}</p></header><main>

            """);
        LadderStories.Write(html, page);
        LadderTable.Write(html, page);
        // One alone has the same plots below.
        if (page.Sessions.Count > 1) LadderOverview.Write(html, page.Sessions);
        for (var number = 0; number < page.Sessions.Count; number++)
            LadderDrawing.Write(html, page.Sessions[number], number + 1, isOpen: page.Sessions.Count == 1);
        html.Write($"</main><script>{Script}</script></body></html>\n");
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(LadderHtml).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
