using System.Globalization;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Loop;

namespace FlyTftp.Reactive.Cli.Watch;

/// <summary>The running server at one moment.</summary>
/// <param name="Log">The last lines, oldest first.</param>
internal sealed record WatchPicture(
    DateTimeOffset Now, ServerState Server, IReadOnlyList<RunningTransfer> Running, IReadOnlyList<BootRecord> Boots, IReadOnlyList<string> Log);

/// <summary>Draws a <see cref="WatchPicture"/> as lines of a terminal: what runs, the last boots, and the end of the log. Draws from values only.</summary>
internal sealed class WatchScreen(bool hasColor)
{
    private const int MinWidth = 40, ClientMax = 28, LooksMax = 20, FileMin = 8, FileWanted = 24, Bar = 20, WideEnoughForLooks = 80;

    private const int RateWidth = 11, TripWidth = 8, ResentWidth = 7, PercentWidth = 5, StateWidth = 8, TimeWidth = 9, LogLines = 5;

    private const string Bold = "\e[1m", Soft = "\e[2m", Green = "\e[32m", Yellow = "\e[33m", Red = "\e[31m", Blue = "\e[36m", Plain = "\e[0m";

    /// <returns>At most <paramref name="height"/> lines, none wider than <paramref name="width"/> columns.</returns>
    public IReadOnlyList<string> Draw(WatchPicture picture, int width, int height)
    {
        width = Math.Max(width, MinWidth);
        var lines = new List<string> { Title(picture, width), Columns.Cut(Summary(picture), width), "" };
        // The log's part goes first where there is little room, then the boots'.
        var logRoom = height >= 20 ? LogLines + 2 : 0;
        var room = height - lines.Count - logRoom - 1;
        var runningRoom = Math.Clamp(picture.Running.Count, 1, Math.Max(1, (room - 5) / 2));
        AddRunning(lines, picture, width, runningRoom);
        lines.Add("");
        AddBoots(lines, picture, width, height - logRoom - lines.Count - 3);
        if (logRoom > 0) AddLog(lines, picture, width);
        while (lines.Count < height - 1) lines.Add("");
        lines.Add(Colored(Soft, Columns.Cut("Ctrl-C stops the server", width)));
        return lines.Count > height ? lines.GetRange(0, Math.Max(0, height)) : lines;
    }

    private string Title(WatchPicture picture, int width)
    {
        var server = picture.Server;
        var up = $"up {TransferMeter.Clock(Later(picture.Now - server.Started))}";
        var text = $"flytftp {server.Version.Split('+')[0]}  {string.Join(", ", server.Listening)}  {Printable.Escape(server.Root)}";
        return Colored(Bold, Columns.Fit(text, width - up.Length - 2)) + "  " + up;
    }

    private static string Summary(WatchPicture picture)
    {
        var rate = picture.Running.Sum(static transfer => transfer.Rate);
        var failed = picture.Boots.Count(static record => record.State is BootState.Failed or BootState.Warning);
        return string.Create(CultureInfo.InvariantCulture,
            $"{picture.Server.Sessions} running of {picture.Server.SessionsMax}, {ByteAmount.Format(rate)}/s; {picture.Boots.Count} {(picture.Boots.Count == 1 ? "boot" : "boots")}, {failed} with a finding");
    }

    private void AddRunning(List<string> lines, WatchPicture picture, int width, int rows)
    {
        var client = Math.Min(Math.Min(ClientMax, width / 3), picture.Running.Select(static transfer => transfer.Client.ToString().Length).DefaultIfEmpty(0).Max());
        client = Math.Max(client, "Client".Length);
        var looks = width >= WideEnoughForLooks ? LooksMax : 0;
        var fixedWidth = client + 2 + (looks > 0 ? looks + 2 : 0) + PercentWidth + RateWidth + TripWidth + ResentWidth;
        var bar = width - fixedWidth - Bar - 3 >= FileWanted ? Bar : 0;
        if (bar > 0) fixedWidth += bar + 3;
        // On a narrow terminal the last columns go.
        var withTrip = width - fixedWidth >= FileMin;
        if (!withTrip) fixedWidth -= TripWidth + ResentWidth;
        var file = Math.Max(FileMin, width - fixedWidth);
        AddHeading(lines, "Running", $"{Columns.Fit("Client", client)}  {(looks > 0 ? Columns.Fit("Looks like", looks + 2) : "")}{Columns.Fit("File", file)}{new string(' ', bar > 0 ? bar + 3 : 0)}"
            + $"{Columns.FitRight("", PercentWidth)}{Columns.FitRight("Rate", RateWidth)}{(withTrip ? Columns.FitRight("RTT", TripWidth) + Columns.FitRight("Resent", ResentWidth) : "")}", width);
        if (picture.Running.Count == 0) lines.Add(Colored(Soft, "  none"));
        var shown = picture.Running.Count > rows ? rows - 1 : picture.Running.Count;
        foreach (var transfer in picture.Running.Take(shown))
        {
            var percent = transfer.Size is { } size ? size == 0 ? 100 : (int)Math.Clamp(100 * transfer.Bytes / size, 0, 100) : (int?)null;
            lines.Add(Columns.Fit(transfer.Client.ToString(), client) + "  "
                + (looks > 0 ? Columns.Fit(ClientKinds.Of(transfer.Request).Name(), looks) + "  " : "")
                + Columns.Fit(Printable.Escape(transfer.Request.FileName), file)
                + (bar > 0 ? " " + Progress(percent) : "")
                + Columns.FitRight(percent is null ? "" : $"{percent}%", PercentWidth)
                + Columns.FitRight($"{ByteAmount.Format(transfer.Rate)}/s", RateWidth)
                + (withTrip ? Columns.FitRight(transfer.RoundTrip is { } trip ? Trip(trip) : "", TripWidth) + Resent(transfer.Resent) : ""));
        }

        if (shown < picture.Running.Count) lines.Add(Colored(Soft, string.Create(CultureInfo.InvariantCulture, $"  and {picture.Running.Count - shown} more")));
    }

    private void AddBoots(List<string> lines, WatchPicture picture, int width, int rows)
    {
        if (rows < 1) return;
        var client = Math.Max("Client".Length, Math.Min(Math.Min(ClientMax, width / 3), picture.Boots.Take(rows).Select(static record => record.Boot.Client.Address.ToString().Length).DefaultIfEmpty(0).Max()));
        var looks = width >= WideEnoughForLooks ? LooksMax : 0;
        var what = width - TimeWidth - client - 2 - (looks > 0 ? looks + 2 : 0) - StateWidth;
        AddHeading(lines, "Boots", $"{Columns.Fit("Time", TimeWidth)}{Columns.Fit("Client", client + 2)}{(looks > 0 ? Columns.Fit("Looks like", looks + 2) : "")}{Columns.Fit("State", StateWidth)}{Columns.Cut("What happened last, or what is wrong", what)}", width);
        if (picture.Boots.Count == 0) lines.Add(Colored(Soft, "  none yet"));
        foreach (var record in picture.Boots.Take(rows))
        {
            var boot = record.Boot;
            var (state, color) = State(record.State);
            var text = boot.Findings.Count > 0 ? boot.Findings[0].Text : LiveJson.SummaryOf(boot);
            var kinds = boot.Clients.Count == 0 ? "unknown" : string.Join(", ", boot.Clients.Select(static kind => kind.Name()));
            lines.Add(Columns.Fit(boot.Started.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture), TimeWidth)
                + Columns.Fit(boot.Client.Address.ToString(), client) + "  "
                + (looks > 0 ? Columns.Fit(kinds, looks) + "  " : "")
                + Colored(color, Columns.Fit(state, StateWidth)) + Columns.Cut(text, what));
        }
    }

    private void AddLog(List<string> lines, WatchPicture picture, int width)
    {
        lines.Add("");
        lines.Add(Colored(Bold, "Log"));
        foreach (var line in picture.Log.TakeLast(LogLines))
        {
            var color = line.Contains(" WARN ", StringComparison.Ordinal) ? Yellow : line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains(" FATAL ", StringComparison.Ordinal) ? Red : "";
            lines.Add(Colored(color, Columns.Cut(line, width)));
        }
    }

    private void AddHeading(List<string> lines, string title, string columns, int width)
    {
        lines.Add(Colored(Bold, title));
        lines.Add(Colored(Soft, Columns.Cut(columns.TrimEnd(), width)));
    }

    private string Progress(int? percent)
    {
        var filled = Bar * (percent ?? 0) / 100;
        return $"[{Colored(Blue, new string('=', filled))}{new string(' ', Bar - filled)}]";
    }

    private string Resent(long count)
    {
        var text = Columns.FitRight(count.ToString(CultureInfo.InvariantCulture), ResentWidth);
        return count > 0 ? Colored(Yellow, text) : text;
    }

    private static string Trip(TimeSpan trip) => trip.TotalMilliseconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{trip.TotalMicroseconds:0} µs"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{trip.TotalMilliseconds:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{trip.TotalMilliseconds:0} ms"),
    };

    private static (string Name, string Color) State(BootState state) => state switch
    {
        BootState.Running => ("running", Blue),
        BootState.Waiting => ("waiting", Green),
        BootState.Ok => ("ok", Green),
        BootState.Warning => ("warning", Yellow),
        _ => ("failed", Red),
    };

    private static TimeSpan Later(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    private string Colored(string color, string text) => hasColor && color.Length > 0 && text.Length > 0 ? color + text + Plain : text;
}
