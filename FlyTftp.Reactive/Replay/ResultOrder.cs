namespace FlyTftp.Reactive.Replay;

/// <summary>Puts results in the order of their numbers, as far as so many can wait.</summary>
internal sealed class ResultOrder(Action<SessionResult> onResult)
{
    /// <summary>Results that wait for one before them; one more, and that one goes out of its order.</summary>
    private const int MaxWaiting = 1_024;

    private readonly Dictionary<int, SessionResult> _waiting = [];
    private int _next;

    public void Add(int number, SessionResult result)
    {
        if (number < _next)
        {
            onResult(result);
            return;
        }

        _waiting.Add(number, result);
        if (_waiting.Count > MaxWaiting) _next = _waiting.Keys.Min();
        Give();
    }

    public void Flush()
    {
        for (; _waiting.Count > 0; Give()) _next = _waiting.Keys.Min();
    }

    private void Give()
    {
        while (_waiting.Remove(_next, out var result))
        {
            _next++;
            onResult(result);
        }
    }
}
