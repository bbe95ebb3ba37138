using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>Elements are names of tasks: <c>now</c> is there already, <c>thrown</c> throws, any other is completed later.</summary>
internal sealed class SelectAsyncTests
{
    private Stage _stage = null!;
    private Subject<string> _elements = null!;
    private TestableObservable<string> _source = null!;
    private Dictionary<string, TaskCompletionSource<string>> _tasks = null!;

    [SetUp]
    public void Begin()
    {
        (_stage, _elements, _tasks) = (new Stage(), new Subject<string>(), []);
        _source = _stage.Testable(_elements);
    }

    [Test]
    public void What_is_there_passes_at_once()
    {
        Select("1 now", "2 now", "3 |");
        Assert.That(_stage.Run(), Is.EqualTo("1.000 now\n2.000 now\n3.000 |"));
        Assert.That(_source.Subscriptions, Is.EqualTo("0.000-3.000"));
    }

    [Test]
    public void What_is_not_there_comes_when_and_where_it_is_completed()
    {
        Select("1 a", "2 !a", "3 now", "4 b", "5 !b", "6 |");
        var thread = Environment.CurrentManagedThreadId;
        _source.SelectAsync(Choose).Subscribe(_ => Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread)));
        Assert.That(_stage.Run(), Is.EqualTo("2.000 a\n3.000 now\n5.000 b\n6.000 |"));
    }

    [TestCase("now", "2.000 now\n4.000 |")]
    [TestCase("b", "3.500 b\n4.000 |")]
    public void A_later_element_takes_the_place_of_what_is_awaited(string later, string seen)
    {
        Select("1 a", $"2 {later}", "3 !a", "3.5 !b", "4 |");
        Assert.That(_stage.Run(), Is.EqualTo(seen));
    }

    [Test]
    public void The_end_of_the_source_waits_for_what_is_awaited()
    {
        Select("1 a", "2 |", "3 !a");
        Assert.That(_stage.Run(), Is.EqualTo("3.000 a\n3.000 |"));
        Assert.That(_source.Subscriptions, Is.EqualTo("0.000-2.000"));
    }

    [TestCase("2 #", "2.000 # source", "0.000-2.000")]
    [TestCase("2 thrown", "2.000 # selector", "0.000-2.000")]
    [TestCase("2.5 ?a", "2.500 # task", "0.000-2.500")]
    public void An_error_ends_it_wherever_it_comes_from(string error, string seen, string subscriptions)
    {
        Select("1 a", error, "3 !a", "4 now", "5 |");
        Assert.That(_stage.Run(), Is.EqualTo(seen));
        Assert.That(_source.Subscriptions, Is.EqualTo(subscriptions));
    }

    [Test]
    public void Unsubscribing_gives_up_the_source_and_what_is_awaited()
    {
        var subscription = Select("1 a", "3 !a", "4 now");
        _stage.At(2, subscription.Dispose);
        Assert.That(_stage.Run(), Is.Empty);
        Assert.That(_source.Subscriptions, Is.EqualTo("0.000-2.000"));
    }

    [Test]
    public void An_observer_that_has_enough_gets_no_more()
    {
        var source = _stage.Testable(Observable.Return("now").Concat(Observable.Return("now")).Concat(_elements));
        _stage.Watch(source.SelectAsync(Choose).Take(1), static text => text);
        Assert.That(_stage.Run(), Is.EqualTo("0.000 now\n0.000 |"));
        Assert.That(source.Subscriptions, Is.EqualTo("0.000-0.000"));
    }

    [TestCase("1 now", "2 a", "3 now", "4 !a", "5 b", "6 c", "7 !c", "8 !b", "9 |")]
    [TestCase("1 a", "2 |", "3 !a")]
    [TestCase("1 a", "2 ?a", "3 now")]
    [TestCase("1 a", "2 b", "3 ?a", "4 !b", "5 #")]
    [TestCase("1 thrown", "2 now")]
    [TestCase("1 |")]
    public void It_is_what_select_and_switch_are(params string[] script)
    {
        Play(SelectAsync, script);
        var seen = (_stage.Run(), _source.Subscriptions);
        Begin();
        Play(source => source.Select(element => Choose(element).AsTask().OnCompletingThread()).Switch(), script);
        Assert.That((_stage.Run(), _source.Subscriptions), Is.EqualTo(seen));
    }

    private IObservable<string> SelectAsync(IObservable<string> source) => source.SelectAsync(Choose);

    private IDisposable Select(params string[] script) => Play(SelectAsync, script);

    /// <summary>Lines of a time and an element; <c>!a</c> completes task a, <c>?a</c> lets it fail, <c>|</c> and <c>#</c> end the source.</summary>
    private IDisposable Play(Func<IObservable<string>, IObservable<string>> select, string[] script)
    {
        foreach (var line in script)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var what = line[(space + 1)..];
            _stage.At(double.Parse(line[..space], System.Globalization.CultureInfo.InvariantCulture), what[0] switch
            {
                '|' => _elements.OnCompleted,
                '#' => () => _elements.OnError(new InvalidOperationException("source")),
                '!' => () => Task(what[1..]).TrySetResult(what[1..]),
                '?' => () => Task(what[1..]).TrySetException(new InvalidOperationException("task")),
                _ => () => _elements.OnNext(what),
            });
        }

        return _stage.Watch(select(_source), static text => text);
    }

    private ValueTask<string> Choose(string element) => element switch
    {
        "now" => new(element),
        "thrown" => throw new InvalidOperationException("selector"),
        _ => new(Task(element).Task),
    };

    private TaskCompletionSource<string> Task(string name) =>
        _tasks.TryGetValue(name, out var task) ? task : _tasks[name] = new TaskCompletionSource<string>();
}
