namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>The last few values of something, for their maximum or minimum.</summary>
/// <param name="capacity">How many; 1 or more.</param>
internal sealed class RecentValues(int capacity)
{
    private readonly double[] _values = new double[capacity];
    private int _count, _next;

    public bool IsEmpty => _count == 0;

    /// <summary>Of no values: −∞.</summary>
    public double Max
    {
        get
        {
            var max = double.NegativeInfinity;
            foreach (var value in _values.AsSpan(0, _count)) max = Math.Max(max, value);
            return max;
        }
    }

    /// <summary>Of no values: +∞.</summary>
    public double Min
    {
        get
        {
            var min = double.PositiveInfinity;
            foreach (var value in _values.AsSpan(0, _count)) min = Math.Min(min, value);
            return min;
        }
    }

    public void Add(double value)
    {
        _values[_next] = value;
        _next = (_next + 1) % capacity;
        _count = Math.Min(_count + 1, capacity);
    }

    public void Clear() => _count = _next = 0;
}
