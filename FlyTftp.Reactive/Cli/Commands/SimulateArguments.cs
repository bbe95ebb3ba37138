using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Links;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>What <c>flytftp simulate</c> was asked to do.</summary>
/// <param name="FirstSeed">0 to <see cref="long.MaxValue"/>.</param>
/// <param name="SeedCount">1 to <see cref="SeedsMax"/>.</param>
internal sealed record SimulateArguments(long FirstSeed, int SeedCount, SimulationSettings Settings)
{
    public const int SeedsMax = 10_000_000, DefaultSeeds = 100, BytesPerKiB = 1024;

    /// <param name="values">As given, by option; <c>null</c>: not given.</param>
    /// <param name="error">One line that names the option and what is allowed.</param>
    public static bool TryParse(
        SimulateTexts values, [NotNullWhen(true)] out SimulateArguments? arguments, [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        var link = SimulationSettings.Default.Link;
        var settings = SimulationSettings.Default;
        var (first, count) = (1L, (long)DefaultSeeds);
        error = values.Seeds is { } seeds && !TryParseSeeds(seeds, out first, out count)
            ? $"--seeds {Printable.Escape(seeds)}: allowed are A..B or A, whole numbers from 0, at most {SeedsMax} seeds" : null;
        var clients = Number("--clients", values.Clients, settings.Clients, 1, SimulationSettings.ClientsMax, "clients", ref error);
        var size = Number("--size", values.Size, settings.FileSize / BytesPerKiB, 0, SimulationSettings.FileSizeMax / BytesPerKiB, "KiB", ref error);
        var loss = Number("--loss", values.Loss, 100 * link.Loss, 0, 100, "percent", ref error);
        var duplicate = Number("--duplicate", values.Duplicate, 100 * link.Duplication, 0, 100, "percent", ref error);
        var reorder = Number("--reorder", values.Reorder, 100 * link.Reordering, 0, 100, "percent", ref error);
        var roundTrip = Number("--rtt", values.RoundTrip, link.RoundTrip.TotalMilliseconds, 0, SimulationSettings.RoundTripMax.TotalMilliseconds, "ms", ref error);
        var rate = Number("--rate", values.Rate, link.MegabitsPerSecond, 0, SimulationSettings.MegabitsMax, "Mbit/s; 0: no limit", ref error);
        var queue = Number("--queue", values.Queue, (double)link.Queue / BytesPerKiB, 1, SimulationSettings.QueueMax / BytesPerKiB, "KiB", ref error);
        var mtu = Number("--mtu", values.Mtu, link.Mtu, 0, ushort.MaxValue, "bytes", ref error);
        if (error is not null) return false;

        link = new LinkConditions(loss / 100, duplicate / 100, reorder / 100, TimeSpan.FromMilliseconds(roundTrip))
        {
            MegabitsPerSecond = rate,
            Queue = (int)queue * BytesPerKiB,
            Mtu = (int)mtu,
        };
        arguments = new SimulateArguments(first, (int)count, new SimulationSettings((int)clients, (int)size * BytesPerKiB, link));
        return true;
    }

    /// <summary>The command that runs one seed again, and nothing else.</summary>
    public string CommandFor(long seed)
    {
        var link = Settings.Link;
        return string.Create(CultureInfo.InvariantCulture,
            $"{CommandContext.ProgramName} simulate --seeds {seed} --clients {Settings.Clients} --size {Settings.FileSize / BytesPerKiB} --loss {100 * link.Loss} --duplicate {100 * link.Duplication} --reorder {100 * link.Reordering} --rtt {link.RoundTrip.TotalMilliseconds}")
            + (link.MegabitsPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $" --rate {link.MegabitsPerSecond} --queue {link.Queue / BytesPerKiB}") : "")
            + (link.Mtu > 0 ? string.Create(CultureInfo.InvariantCulture, $" --mtu {link.Mtu}") : "");
    }

    private static bool TryParseSeeds(string text, out long first, out long count)
    {
        count = 0;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        var (from, to) = dots < 0 ? (text, text) : (text[..dots], text[(dots + 2)..]);
        if (!TryParse(from, out first) || !TryParse(to, out var last) || last < first || last - first >= SeedsMax) return false;
        count = last - first + 1;
        return true;
    }

    private static bool TryParse(string text, out long seed) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);

    /// <summary>The first error stays.</summary>
    private static double Number(string name, string? text, double standard, double min, double max, string unit, ref string? error)
    {
        if (text is null) return standard;
        // What counts clients, KiB or bytes has no half.
        var style = unit is "clients" or "KiB" or "bytes" ? NumberStyles.None : NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) || !(number >= min && number <= max))
            error ??= string.Create(CultureInfo.InvariantCulture, $"{name} {Printable.Escape(text)}: allowed are {min} to {max} ({unit})");
        return number;
    }
}

/// <summary>The options' values as they were typed.</summary>
public sealed record SimulateTexts(
    string? Seeds, string? Clients, string? Size, string? Loss, string? Duplicate, string? Reorder, string? RoundTrip, string? Rate = null, string? Queue = null,
    string? Mtu = null);
