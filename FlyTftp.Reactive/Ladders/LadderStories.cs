namespace FlyTftp.Reactive.Ladders;

/// <summary>What happened, in plain words, before any figure.</summary>
internal static class LadderStories
{
    /// <summary>Longer stories are folded away but for their findings.</summary>
    private const int MaxOpenSteps = 12;

    public static void Write(TextWriter html, LadderPage page)
    {
        foreach (var story in page.Stories) Write(html, story);
        if (page.StoriesLeftOut > 0) html.Write($"<p class=\"note\">{Markup.Number(page.StoriesLeftOut)} boots more are not on this page.</p>\n");
    }

    private static void Write(TextWriter html, LadderStory story)
    {
        html.Write($"<section class=\"story\"><h2>{Markup.Text(story.Title)}</h2>");
        if (story.Findings.Count > 0)
        {
            html.Write("<ul class=\"findings\">");
            foreach (var finding in story.Findings) html.Write($"<li>{Markup.Text(finding)}</li>");
            html.Write("</ul>");
        }

        var isFolded = story.Steps.Count > MaxOpenSteps;
        if (isFolded) html.Write($"<details><summary>{story.Steps.Count} steps</summary>");
        html.Write("<ol class=\"steps\">");
        foreach (var step in story.Steps)
            html.Write($"<li{(step.IsWrong ? " class=\"wrong\"" : "")}><time>{Markup.Clock(step.At)}</time> <span>{Markup.Text(step.Text)}</span></li>");
        html.Write("</ol>");
        if (isFolded) html.Write("</details>");
        html.Write("</section>\n");
    }
}
