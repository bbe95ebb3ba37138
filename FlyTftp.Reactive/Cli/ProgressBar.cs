using System.Text;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// One line that is drawn over again: on a terminal a bar, at most ten times a second; elsewhere a plain line every ten seconds.
/// Draws from values; the clock, the width and the writer are the caller's.
/// </summary>
/// <param name="writer">Where to draw; never standard output, which may be the file.</param>
/// <param name="label">What it is, safe to print.</param>
/// <param name="clock">Time since any fixed moment; must not run backwards.</param>
public sealed class ProgressBar(TextWriter writer, string label, ProgressStyle style, Func<TimeSpan> clock)
{
    private const int MinBar = 10, MaxBar = 40, MaxLabel = 40;
    private const string ClearLine = "\r\x1b[K", Bright = "\x1b[36m", Plain = "\x1b[0m";
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(100), PlainInterval = TimeSpan.FromSeconds(10);

    private readonly TransferMeter _meter = new(clock());
    private TimeSpan _nextDraw = style.IsTerminal ? clock() : clock() + PlainInterval;
    private bool _isDrawn;

    /// <summary>To be called as often as there is something new: it draws only when it is time.</summary>
    public void Report(long done, long? total)
    {
        var now = clock();
        if (now < _nextDraw) return;
        _nextDraw = now + (style.IsTerminal ? TerminalInterval : PlainInterval);
        _meter.Read(now, done, total);
        if (style.IsTerminal)
        {
            writer.Write(ClearLine + Line(style.Width()));
            _isDrawn = true;
        }
        else
        {
            writer.WriteLine(Figures(withLabel: true));
        }

        writer.Flush();
    }

    /// <summary>Takes the bar away, so that a closing line can take its place.</summary>
    public void Clear()
    {
        if (!_isDrawn) return;
        writer.Write(ClearLine);
        writer.Flush();
        _isDrawn = false;
    }

    /// <summary>One column is left free: some terminals wrap when the last is written to.</summary>
    private string Line(int width)
    {
        var figures = Figures(withLabel: false);
        var name = label.Length > MaxLabel ? string.Concat("…", label.AsSpan(label.Length - MaxLabel + 1)) : label;
        var room = width - 1 - name.Length - figures.Length - 4;
        if (_meter.Percent is not { } percent || room < MinBar) return Cut($"{name} {figures}", width - 1);

        var bar = Math.Min(room, MaxBar);
        var filled = bar * percent / 100;
        return new StringBuilder(name).Append(" [")
            .Append(style.HasColor ? Bright : "").Append('=', filled).Append(style.HasColor ? Plain : "")
            .Append(' ', bar - filled).Append("] ").Append(figures).ToString();
    }

    private string Figures(bool withLabel)
    {
        var parts = new List<string>(4);
        if (_meter.Percent is { } percent) parts.Add($"{percent,3}%");
        parts.Add(_meter.Total is { } total ? $"{ByteAmount.Format(_meter.Done)} of {ByteAmount.Format(total)}" : ByteAmount.Format(_meter.Done));
        parts.Add($"{ByteAmount.Format(_meter.Rate)}/s");
        if (_meter.Left is { } left) parts.Add($"{TransferMeter.Clock(left)} left");
        return (withLabel ? $"{label}: " : "") + string.Join("  ", parts).TrimStart();
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width)];
}

/// <param name="Width">Columns of the terminal now: it may be resized.</param>
/// <param name="HasColor">Off when NO_COLOR is set.</param>
public sealed record ProgressStyle(bool IsTerminal, Func<int> Width, bool HasColor)
{
    private const int DefaultWidth = 80;

    /// <summary>For standard error as it is. A terminal that calls itself dumb gets plain lines.</summary>
    public static ProgressStyle OfStandardError(Func<string, string?> environment) =>
        new(!Console.IsErrorRedirected && environment("TERM") != "dumb", ConsoleWidth, string.IsNullOrEmpty(environment("NO_COLOR")));

    private static int ConsoleWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth;
        }
        catch (Exception exception) when (exception is IOException or PlatformNotSupportedException)
        {
            return DefaultWidth;
        }
    }
}
