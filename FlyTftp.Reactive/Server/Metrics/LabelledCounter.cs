using System.Diagnostics.Metrics;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>A counter with one label, the values of which are an enumeration. The tags are made once.</summary>
internal sealed class LabelledCounter<TLabel>
    where TLabel : struct, Enum
{
    private readonly Counter<long> _counter;
    private readonly Dictionary<TLabel, KeyValuePair<string, object?>> _tags = [];

    public LabelledCounter(Meter meter, string name, string help, string label, Func<TLabel, string> spelling)
    {
        _counter = meter.CreateCounter<long>(name, unit: null, help);
        foreach (var value in Enum.GetValues<TLabel>())
        {
            _tags[value] = new(label, spelling(value));
            // So that the series exists before its first event.
            _counter.Add(0, _tags[value]);
        }
    }

    public void Add(TLabel value) => _counter.Add(1, _tags[value]);
}
