using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

public sealed class MemoryStoreTests
{
    private readonly MemoryStore _store = new(new Dictionary<string, byte[]> { ["dir/a"] = [1, 2, 3] });

    [Test]
    public void Gives_what_it_has_at_once()
    {
        var opening = _store.OpenAsync(Path("/dir\\a"));
        Assert.That(opening.IsCompletedSuccessfully);
        using var content = opening.Result.Content!;
        var bytes = new byte[4];
        Assert.That(content.Length, Is.EqualTo(3));
        Assert.That(content.LoadAsync(1, 4).Result, Is.EqualTo(LoadResult.Of(2)));
        Assert.That(content.LoadAsync(7, 4).Result, Is.EqualTo(LoadResult.Of(0)));
        Assert.That(content.CopyTo(1, bytes), Is.EqualTo(2));
        Assert.That(content.CopyTo(7, bytes), Is.Zero);
        Assert.That(bytes, Is.EqualTo((byte[])[2, 3, 0, 0]));
    }

    [Test]
    public void Finds_nothing_else() => Assert.That(_store.OpenAsync(Path("a")).Result.Refusal, Is.EqualTo(Refusal.NotFound));

    private static SafePath Path(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        return path!;
    }
}
