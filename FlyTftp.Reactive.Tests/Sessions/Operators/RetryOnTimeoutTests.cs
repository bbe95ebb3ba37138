using System.Reactive.Linq;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class RetryOnTimeoutTests
{
    private Stage _stage = null!;
    private int _asked;

    [SetUp]
    public void Begin() => (_stage, _asked) = (new Stage(), 0);

    [Test]
    public void Each_timeout_is_a_new_subscription_until_it_may_not_be()
    {
        var source = Attempts(new TimeoutException("first"), new TimeoutException("second"), new TimeoutException("third"));
        _stage.Watch(source.RetryOnTimeout(() => ++_asked < 3), attempt => $"attempt {attempt}");
        Assert.That(_stage.Run(), Is.EqualTo("0.000 attempt 1\n1.000 attempt 2\n2.000 attempt 3\n3.000 |"));
        Assert.That(source.Subscriptions, Is.EqualTo("0.000-1.000 1.000-2.000 2.000-3.000"));
        Assert.That(_asked, Is.EqualTo(3));
    }

    [Test]
    public void A_first_timeout_after_which_it_may_not_go_on_is_the_end()
    {
        var source = Attempts(new TimeoutException());
        _stage.Watch(source.RetryOnTimeout(() => false), attempt => $"attempt {attempt}");
        Assert.That(_stage.Run(), Is.EqualTo("0.000 attempt 1\n1.000 |"));
        Assert.That(source.Subscriptions, Is.EqualTo("0.000-1.000"));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Ends_with_its_source(int timeouts)
    {
        var source = Attempts([.. Enumerable.Repeat(new TimeoutException(), timeouts), null]);
        _stage.Watch(source.RetryOnTimeout(() => true), attempt => $"attempt {attempt}");
        Assert.That(_stage.Run(), Does.EndWith($"{timeouts}.000 attempt {timeouts + 1}\n{timeouts + 1}.000 |"));
        Assert.That(source.Subscriptions, Does.EndWith($"{timeouts}.000-{timeouts + 1}.000"));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Any_other_error_passes(int timeouts)
    {
        var source = Attempts([.. Enumerable.Repeat(new TimeoutException(), timeouts), new InvalidOperationException("bug")]);
        _stage.Watch(source.RetryOnTimeout(() => ++_asked > 0), attempt => $"attempt {attempt}");
        Assert.That(_stage.Run(), Does.EndWith($"{timeouts}.000 attempt {timeouts + 1}\n{timeouts + 1}.000 # bug"));
        Assert.That(source.Subscriptions, Does.EndWith($"{timeouts}.000-{timeouts + 1}.000"));
        Assert.That(_asked, Is.EqualTo(timeouts));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void What_throws_when_it_is_asked_is_an_error(int before)
    {
        var source = Attempts([.. Enumerable.Repeat(new TimeoutException(), before + 1)]);
        _stage.Watch(source.RetryOnTimeout(() => _asked++ < before ? true : throw new InvalidOperationException("bug")), static _ => "");
        Assert.That(_stage.Run(), Does.EndWith($"{before + 1}.000 # bug"));
        Assert.That(source.Subscriptions, Does.EndWith($"{before}.000-{before + 1}.000"));
    }

    [TestCase(0.5, "0.000-0.500")]
    [TestCase(1.5, "0.000-1.000 1.000-1.500")]
    [TestCase(2.5, "0.000-1.000 1.000-2.000 2.000-2.500")]
    public void Unsubscribing_gives_the_attempt_up(double at, string subscriptions)
    {
        var source = Attempts(new TimeoutException(), new TimeoutException(), new TimeoutException());
        var subscription = _stage.Watch(source.RetryOnTimeout(() => true), static _ => "");
        _stage.At(at, subscription.Dispose).Run();
        Assert.That(source.Subscriptions, Is.EqualTo(subscriptions));
    }

    [Test]
    public void Attempts_do_not_nest()
    {
        var source = Observable.Throw<int>(new TimeoutException());
        _stage.Watch(source.RetryOnTimeout(() => ++_asked < 100_000), static _ => "");
        Assert.That(_stage.Run(), Is.EqualTo("0.000 |"));
        Assert.That(_asked, Is.EqualTo(100_000));
    }

    /// <summary>Each says its number at once and ends a second later: by the error, or without one.</summary>
    private TestableObservable<int> Attempts(params Exception?[] ends)
    {
        var attempt = 0;
        return _stage.Testable(Observable.Defer(() =>
        {
            var end = ends[attempt++];
            return Observable.Return(attempt).Concat(Observable.Timer(TimeSpan.FromSeconds(1), _stage.Scheduler)
                .SelectMany(_ => end is null ? Observable.Empty<int>() : Observable.Throw<int>(end)));
        }));
    }
}
