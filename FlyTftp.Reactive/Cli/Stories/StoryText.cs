using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Cli.Stories;

/// <summary>Boots as lines of text, from the JSON of <c>/api/boots</c>. What the server says is escaped once more: it may be any server.</summary>
internal static class StoryText
{
    /// <summary>All boots, the newest last, where a terminal's reader looks first.</summary>
    public static void WriteList(TextWriter output, JsonValue boots)
    {
        foreach (var boot in Enumerable.Reverse(boots.Items))
        {
            output.WriteLine($"{Safe(boot["id"]),-5} {Facts(boot)}");
            output.WriteLine($"      {Safe(boot["summary"])}");
            if (boot["finding"].Text.Length > 0) output.WriteLine($"      ! {Safe(boot["finding"])}");
        }
    }

    /// <summary>One boot in full: its steps, what is wrong, and its transfers.</summary>
    public static void WriteStory(TextWriter output, JsonValue boot)
    {
        output.WriteLine($"{Safe(boot["id"]),-5} {Facts(boot)}");
        output.WriteLine($"      {Safe(boot["title"])}");
        foreach (var step in boot["steps"].Items)
            output.WriteLine($"{Seconds(step["at"]),9} s {(step["wrong"].Number > 0 ? '!' : ' ')} {Safe(step["text"])}");
        foreach (var finding in boot["findings"].Items) output.WriteLine($"wrong:      {Safe(finding["text"])}");
        foreach (var session in boot["sessions"].Items)
        {
            output.WriteLine(
                $"{Seconds(session["at"]),9} s   {Safe(session["outcome"])} \"{Safe(session["file"])}\" to {Safe(session["client"])}: {ByteAmount.Format(session["bytes"].Number ?? 0)} in "
                + $"{Seconds(session["duration"])} s, {session["resent"].Number ?? 0:0} resent{Round(session["rtt"])}{Detail(session)}");
        }
    }

    private static string Facts(JsonValue boot) => string.Create(CultureInfo.InvariantCulture,
        $"{Time(boot["started"])}  {Safe(boot["client"])}  {Safe(boot["looks"])}  {Safe(boot["state"])}  {boot["files"].Number ?? 0:0} {(boot["files"].Number == 1 ? "file" : "files")}, {ByteAmount.Format(boot["bytes"].Number ?? 0)}");

    private static string Time(JsonValue time) =>
        time.Number is { } number and >= 0 and < 253_402_300_800_000 ? $"{DateTimeOffset.FromUnixTimeMilliseconds((long)number).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}Z" : "?";

    private static string Seconds(JsonValue milliseconds) => ((milliseconds.Number ?? 0) / 1000).ToString("F3", CultureInfo.InvariantCulture);

    private static string Round(JsonValue trip) => trip.Number is { } number ? string.Create(CultureInfo.InvariantCulture, $", round trip {number:0.#} ms") : "";

    private static string Detail(JsonValue session) => session["detail"].Text.Length > 0 ? $"; {Safe(session["detail"])}" : "";

    private static string Safe(JsonValue value) => Printable.Escape(value.Text);
}
