using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>One instrument as Prometheus sees it: a name and its series, one for each value of its label. Not safe by itself.</summary>
internal sealed class MetricFamily
{
    private const string Histogram = "histogram";

    private readonly string _name, _help, _type;
    private readonly bool _isAbsolute;
    private readonly double[] _bounds;
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);

    private MetricFamily(string name, string help, string type, bool isAbsolute, double[] bounds) =>
        (_name, _help, _type, _isAbsolute, _bounds) = (name, help, type, isAbsolute, bounds);

    public static MetricFamily Of(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + instrument.Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
        var help = instrument.Description ?? "";
        return instrument switch
        {
            Histogram<double> histogram => new(name, help, Histogram, false, [.. histogram.Advice?.HistogramBucketBoundaries ?? []]),
            ObservableGauge<long> or ObservableGauge<double> => new(name, help, "gauge", true, []),
            _ => new(name + "_total", help, "counter", instrument.IsObservable, []),
        };
    }

    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One label at most, its values constants of the program: nothing to escape.
        var labels = tags.IsEmpty ? "" : $"{{{tags[0].Key}=\"{tags[0].Value}\"}}";
        if (!_series.TryGetValue(labels, out var series)) _series[labels] = series = NewSeries();

        series.Value = _isAbsolute ? value : series.Value + value;
        // A bucket's bound belongs to it ("le").
        var bucket = Array.BinarySearch(_bounds, value);
        series.Buckets[bucket < 0 ? ~bucket : bucket]++;
    }

    public void WriteTo(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {_name} {_help}\n# TYPE {_name} {_type}\n");
        if (_type == Histogram)
        {
            WriteBuckets(text, _series.GetValueOrDefault("") ?? NewSeries());
            return;
        }

        if (_series.Count == 0) text.Append(_name).Append(" 0\n");
        foreach (var (labels, series) in _series) text.Append(CultureInfo.InvariantCulture, $"{_name}{labels} {series.Value}\n");
    }

    private void WriteBuckets(StringBuilder text, Series series)
    {
        var count = 0L;
        for (var bucket = 0; bucket < _bounds.Length; bucket++)
        {
            count += series.Buckets[bucket];
            text.Append(CultureInfo.InvariantCulture, $"{_name}_bucket{{le=\"{_bounds[bucket]}\"}} {count}\n");
        }

        count += series.Buckets[^1];
        text.Append(CultureInfo.InvariantCulture, $"{_name}_bucket{{le=\"+Inf\"}} {count}\n");
        text.Append(CultureInfo.InvariantCulture, $"{_name}_sum {series.Value}\n{_name}_count {count}\n");
    }

    private Series NewSeries() => new(new long[_bounds.Length + 1]);

    private sealed class Series(long[] buckets)
    {
        /// <summary>A counter's or gauge's value; a histogram's sum.</summary>
        public double Value { get; set; }

        /// <summary>How many fell between a bound and the one before it; the last has no bound.</summary>
        public long[] Buckets { get; } = buckets;
    }
}
