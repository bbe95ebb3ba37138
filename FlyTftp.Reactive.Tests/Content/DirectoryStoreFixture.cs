using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Cache;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>A store on a made-up file system, with a worker and a loop that go on when the test says so.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class DirectoryStoreFixture
{
    private protected const int Chunk = 64 * 1024, Large = DirectoryStore.SmallFileMax + (5 * Chunk) + 17;

    private protected FakeTree Tree { get; } = new();

    private protected ByHand Hand { get; } = new();

    private protected ContentCache Cache { get; set; } = new();

    private protected FakeTree.FakeFile Put(string name, int length) => Tree.Put(name, TestStore.Pattern(length));

    private protected static SafePath Path(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return path!;
    }

    private protected DirectoryStore Store(IFileOpener? opener = null) => new(opener ?? Tree, Cache, Hand, Hand.PostToLoop);

    private protected ValueTask<OpenResult> Open(string name) => Store().OpenAsync(Path(name));

    private protected OpenResult Result(ValueTask<OpenResult> opening)
    {
        Hand.Settle();
        Assert.That(opening.IsCompleted);
        return opening.Result;
    }

    private protected IContent Opened(ValueTask<OpenResult> opening)
    {
        var result = Result(opening);
        Assert.That(result.Content, Is.Not.Null, result.Refusal?.ToString());
        return result.Content!;
    }

    private protected LoadResult Load(IContent content, long offset, int count)
    {
        var load = content.LoadAsync(offset, count);
        if (!load.IsCompleted) Hand.Settle();
        Assert.That(load.IsCompleted);
        return load.Result;
    }

    private protected static byte[] Copy(IContent content, long offset, int count)
    {
        var bytes = new byte[count];
        return bytes[..content.CopyTo(offset, bytes)];
    }

    private protected byte[] Read(IContent content, long offset, int count)
    {
        Assert.That(Load(content, offset, count), Is.EqualTo(LoadResult.Of(count)));
        return Copy(content, offset, count);
    }

    private protected byte[] ReadAll(IContent content, int count)
    {
        var all = new List<byte>();
        while (Load(content, all.Count, count) is { Available: > 0 } loaded)
        {
            Assert.That(loaded.Failure, Is.Null);
            all.AddRange(Copy(content, all.Count, loaded.Available));
        }

        return [.. all];
    }
}
