namespace FlyTftp.Reactive.Ladders;

/// <summary>
/// Time from left to right, without the long silences: a clock that was set, or an hour between two boots, would press all the rest into two lines.
/// </summary>
internal sealed class TimeAxis
{
    /// <summary>Silences that are cut out, the longest.</summary>
    private const int MaxCuts = 24;

    /// <summary>A shorter one is something to look at.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(10);

    /// <summary>One is cut out if it is longer than so many times all that is no silence.</summary>
    private const double LongShare = 2;

    /// <summary>What is left of it, of the rest.</summary>
    private const double CutShare = 0.04;

    private readonly List<Part> _parts = [];
    private readonly double _cut, _length;

    /// <param name="times">At least one; in any order.</param>
    public TimeAxis(IEnumerable<TimeSpan> times)
    {
        var sorted = times.ToArray();
        Array.Sort(sorted);
        var silences = new List<int>();
        for (var number = 0; number < sorted.Length - 1; number++)
        {
            if (Length(number) >= LongSilence) silences.Add(number);
        }

        silences.Sort((left, right) => Length(right).CompareTo(Length(left)));
        if (silences.Count > MaxCuts) silences.RemoveRange(MaxCuts, silences.Count - MaxCuts);
        var busy = sorted[^1] - sorted[0];
        foreach (var silence in silences) busy -= Length(silence);
        silences.RemoveAll(silence => busy <= TimeSpan.Zero || Length(silence) <= busy * LongShare);
        silences.Sort();
        var rest = sorted[^1] - sorted[0];
        foreach (var silence in silences) rest -= Length(silence);
        _cut = rest.TotalSeconds * CutShare;
        var (begin, first) = (0.0, 0);
        silences.Add(sorted.Length - 1);
        foreach (var last in silences)
        {
            _parts.Add(new Part(sorted[first], sorted[last], begin));
            begin += (sorted[last] - sorted[first]).TotalSeconds + _cut;
            first = last + 1;
        }

        _length = begin - _cut;

        TimeSpan Length(int after) => sorted[after + 1] - sorted[after];
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
        var part = _parts[number];
        return Math.Clamp((part.Begin + (at > part.To ? (part.To - part.From).TotalSeconds + _cut / 2 : (at - part.From).TotalSeconds)) / _length, 0, 1);
    }

    /// <summary>Where something was cut out.</summary>
    public IEnumerable<double> Cuts => _parts.Skip(1).Select(part => (part.Begin - _cut / 2) / _length);

    /// <summary>Times that are written below: round ones, or where something is cut out the beginning of each part.</summary>
    public IEnumerable<TimeSpan> Ticks()
    {
        if (_parts.Count > 1)
        {
            foreach (var part in _parts) yield return part.From;
            yield break;
        }

        var (from, to) = (_parts[0].From.TotalSeconds, _parts[0].To.TotalSeconds);
        var step = Plot.RoundUp((to - from) / 6);
        for (var number = Math.Ceiling(from / step); number * step <= to; number++) yield return TimeSpan.FromSeconds(number * step);
    }

    private sealed record Part(TimeSpan From, TimeSpan To, double Begin);
}
