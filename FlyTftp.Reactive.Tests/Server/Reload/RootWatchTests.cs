using FlyTftp.Reactive.Server.Reload;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Reload;

[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RootWatchTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("flytftp-").FullName;
    private readonly List<string> _told = [];
    private readonly string _root;

    public RootWatchTests()
    {
        _root = Path.Combine(_base, "root");
        Directory.CreateDirectory(_root);
    }

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Test]
    public void Says_nothing_while_the_root_is_there()
    {
        var watch = Watch();
        File.WriteAllText(Path.Combine(_root, "a"), "a");
        Assert.That((watch.Check(), _told.Count), Is.EqualTo(((string?)null, 0)));
    }

    [Test]
    public void Tells_once_that_it_is_gone_and_again_when_that_happens_again()
    {
        var watch = Watch();
        Directory.Move(_root, _root + "-moved");
        Assert.That(watch.Check(), Is.EqualTo($"root \"{_root}\" is gone: restart the server, or put it back"));
        Assert.That(watch.Check(), Is.Not.Null);
        Assert.That(_told, Has.Count.EqualTo(1));

        Directory.Move(_root + "-moved", _root);
        Assert.That(watch.Check(), Is.Null);
        Directory.Move(_root, _root + "-moved");
        Assert.That(watch.Check(), Is.Not.Null);
        Assert.That(_told, Has.Count.EqualTo(2));
    }

    [Test]
    public void Tells_that_another_folder_took_its_place()
    {
        var watch = Watch();
        Directory.Move(_root, _root + "-moved");
        Directory.CreateDirectory(_root);
        Assert.That(watch.Check(), Does.Contain("leads to another folder now"));
    }

    [Test]
    public void Tells_that_a_link_on_the_way_was_turned()
    {
        var link = Path.Combine(_base, "current");
        Directory.CreateSymbolicLink(link, "root");
        var watch = new RootWatch(new ConfigFiles([], link), link, _told.Add);
        Assert.That(watch.Check(), Is.Null);
        Directory.CreateDirectory(Path.Combine(_base, "next"));
        File.Delete(link);
        Directory.CreateSymbolicLink(link, "next");
        Assert.That(watch.Check(), Does.Contain("leads to another folder now"));
    }

    private RootWatch Watch() => new(new ConfigFiles([], _root), _root, _told.Add);
}
