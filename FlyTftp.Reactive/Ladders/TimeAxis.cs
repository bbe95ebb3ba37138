namespace FlyTftp.Reactive.Ladders;

/// <summary>
/// Time from left to right, without the long silences: a clock that was set, or an hour between two boots, would press all the rest into two lines.
/// </summary>
internal sealed class TimeAxis
{
    /// <summary>Silences that are cut out, the longest.</summary>
    private const int MaxCuts = 6;

    /// <summary>A shorter one is something to look at.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(10);

    /// <summary>One is cut out if it is longer than so many times all that is no silence.</summary>
    private const double LongShare = 2;

    /// <summary>What is left of it, of the rest.</summary>
    private const double CutShare = 0.04;

    private readonly List<(TimeSpan From, TimeSpan To, double Begin)> _parts = [];
    private readonly double _cut, _length;

    /// <param name="times">At least one; in any order.</param>
    public TimeAxis(IEnumerable<TimeSpan> times)
    {
        var sorted = times.ToArray();
        Array.Sort(sorted);
        var silences = Enumerable.Range(0, sorted.Length - 1)
            .Select(number => (After: number, Length: sorted[number + 1] - sorted[number])).Where(static silence => silence.Length >= LongSilence)
            .OrderByDescending(static silence => silence.Length).Take(MaxCuts).ToList();
        var busy = silences.Aggregate(sorted[^1] - sorted[0], static (time, silence) => time - silence.Length);
        var cuts = silences.Where(silence => busy > TimeSpan.Zero && silence.Length > busy * LongShare).ToList();
        var rest = cuts.Aggregate(sorted[^1] - sorted[0], static (time, silence) => time - silence.Length);
        _cut = rest.TotalSeconds * CutShare;
        var (begin, first) = (0.0, 0);
        foreach (var last in cuts.Select(static silence => silence.After).Order().Append(sorted.Length - 1))
        {
            _parts.Add((sorted[first], sorted[last], begin));
            begin += (sorted[last] - sorted[first]).TotalSeconds + _cut;
            first = last + 1;
        }

        _length = begin - _cut;
    }

    /// <summary>Some time passes.</summary>
    public bool HasLength => _length > 0;

    /// <summary>Seconds that are drawn.</summary>
    public double Seconds => _length;

    /// <summary>0 at the left, 1 at the right.</summary>
    public double Share(TimeSpan at)
    {
        var number = _parts.FindLastIndex(part => part.From <= at);
        if (number < 0) return 0;
        var (from, to, begin) = _parts[number];
        return Math.Clamp((begin + (at > to ? (to - from).TotalSeconds + _cut / 2 : (at - from).TotalSeconds)) / _length, 0, 1);
    }

    /// <summary>Where something was cut out.</summary>
    public IEnumerable<double> Cuts => _parts.Skip(1).Select(part => (part.Begin - _cut / 2) / _length);

    /// <summary>Times that are written below, and where: round ones, or where something is cut out the beginning of each part.</summary>
    public IEnumerable<(double Share, double Seconds)> Ticks()
    {
        if (_parts.Count > 1) return _parts.Select(part => (part.Begin / _length, part.From.TotalSeconds));
        var (from, to) = (_parts[0].From.TotalSeconds, _parts[0].To.TotalSeconds);
        var step = Plot.RoundUp((to - from) / 6);
        return Enumerable.Range(0, 12).Select(number => (Math.Ceiling(from / step) + number) * step).Where(seconds => seconds <= to).Select(seconds => ((seconds - from) / _length, seconds));
    }
}
