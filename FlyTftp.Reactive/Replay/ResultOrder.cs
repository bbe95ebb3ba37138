namespace FlyTftp.Reactive.Replay;

/// <summary>Puts results in the order of their numbers, as far as so many can wait.</summary>
internal sealed class ResultOrder(Action<SessionResult> onResult)
{
    /// <summary>Results that wait for one before them; one more goes out of its order.</summary>
    private const int MaxWaiting = 1_024;

    private readonly SortedDictionary<int, SessionResult> _waiting = [];
    private int _next;

    public void Add(int number, SessionResult result)
    {
        _waiting.Add(number, result);
        while (_waiting.Count > 0 && (_waiting.First() is var first && (first.Key <= _next || _waiting.Count > MaxWaiting))) Give(first.Key, first.Value);
    }

    public void Flush()
    {
        foreach (var (number, result) in _waiting.ToList()) Give(number, result);
    }

    private void Give(int number, SessionResult result)
    {
        _waiting.Remove(number);
        _next = Math.Max(_next, number + 1);
        onResult(result);
    }
}
