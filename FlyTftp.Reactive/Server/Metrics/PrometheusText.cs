using System.Diagnostics.Metrics;
using System.Text;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>
/// Collects what one meter's instruments measure and writes it in Prometheus's text exposition format, version 0.0.4. It must be made
/// before the instruments are, so that it misses none. Dots become underscores, the unit follows the name (<c>By</c>: bytes, <c>s</c>:
/// seconds), counters end in <c>_total</c>. Safe on any thread.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly List<MetricFamily> _families = [];

    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;

            var family = MetricFamily.Of(instrument);
            lock (_gate) _families.Add(family);
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Take(value, tags, family));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Take(value, tags, family));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments, then writes all.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(8 * 1024);
        lock (_gate)
        {
            foreach (var family in _families) family.WriteTo(text);
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family)
    {
        lock (_gate) ((MetricFamily)family!).Take(value, tags);
    }
}
