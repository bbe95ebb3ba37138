using System.Globalization;
using System.Reactive.Disposables;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>
/// Another source that notes when it was subscribed to and when that was given up: what an operator does to its source is half of what it
/// promises. See <see cref="Stage.Testable"/>.
/// </summary>
internal sealed class TestableObservable<T>(IObservable<T> source, Func<double> elapsed) : IObservable<T>
{
    private readonly List<(double From, double? To)> _subscriptions = [];

    /// <summary>Seconds from and to, in the order of subscribing: <c>0.000-1.000 1.000-</c>, of which the second still lasts.</summary>
    public string Subscriptions => string.Join(' ', _subscriptions.Select(
        static subscription => string.Create(CultureInfo.InvariantCulture, $"{subscription.From:0.000}-{subscription.To:0.000}")));

    public IDisposable Subscribe(IObserver<T> observer)
    {
        var number = _subscriptions.Count;
        _subscriptions.Add((elapsed(), null));
        return StableCompositeDisposable.Create(
            source.Subscribe(observer),
            Disposable.Create(() => _subscriptions[number] = (_subscriptions[number].From, elapsed())));
    }
}
