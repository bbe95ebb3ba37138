using System.Text;
using NLog;
using NLog.Targets;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>
/// Standard output, one line an event, coloured by level where a person reads it: <c>xsi:type="Terminal"</c> in nlog.config. Smaller
/// than NLog's own console targets once trimmed, and any value of NO_COLOR counts.
/// </summary>
[Target("Terminal")]
internal sealed class TerminalTarget : TargetWithLayout
{
    private const string Reset = "\e[0m";
    private Stream? _output;
    private bool _colour;

    /// <summary>Colours are wanted; without a terminal there are none all the same.</summary>
    public bool Coloured { get; set; } = true;

    /// <summary>A stream in the place of standard output; counts as a terminal.</summary>
    internal Stream? Output { get; init; }

    /// <summary>From now on writes there instead.</summary>
    internal void Redirect(Stream output) => _output = output;

    protected override void InitializeTarget()
    {
        base.InitializeTarget();
        // Not Console.Out: a line is one write, so that lines of two processes on one pipe do not mix.
        _output = Output ?? Console.OpenStandardOutput();
        _colour = Coloured && (Output is not null || (!Console.IsOutputRedirected && KnowsEscapes()))
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    }

    protected override void Write(LogEventInfo logEvent)
    {
        var line = RenderLogEvent(Layout, logEvent);
        if (_colour && ColourOf(logEvent.Level) is { } colour) line = colour + line + Reset;
        _output!.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static string? ColourOf(LogLevel level) => level.Ordinal switch
    {
        <= 1 => "\e[90m",
        2 => null,
        3 => "\e[33m",
        _ => "\e[31m",
    };

    private static bool KnowsEscapes() => OperatingSystem.IsWindows()
        ? Environment.GetEnvironmentVariable("WT_SESSION") is not null
        : Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
