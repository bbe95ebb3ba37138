using System.Text;
using CsCheck;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NetasciiContentTests
{
    // Few plain ones, so that pairs meet the ends of blocks.
    private static readonly Gen<byte> Octet = Gen.Frequency((3, Gen.OneOf((byte)'\n', (byte)'\r', (byte)0)), (2, Gen.Const((byte)'a')));

    private readonly TestStore _store = new();

    [TestCase("a\nb", "a\r\nb")]
    [TestCase("a\rb", "a\r\0b")]
    [TestCase("\r\n", "\r\0\r\n")]
    [TestCase("", "")]
    public void Encodes_ends_of_lines(string text, string encoded)
    {
        using var content = Encoded(text);
        Assert.That(content.Length, Is.EqualTo(encoded.Length));
        Assert.That(Encoding.ASCII.GetString(ReadAll(content, 512, 512)), Is.EqualTo(encoded));
    }

    [Test]
    public void Cuts_a_pair_where_a_block_ends()
    {
        using var content = Encoded("\n\n\n");
        Assert.That(Blocks(content, 1), Is.EqualTo((string[])["\r", "\n", "\r", "\n", "\r", "\n"]));
    }

    [Test]
    public void Gives_a_window_again_from_any_block_in_it()
    {
        using var content = Encoded("a\nb\rc");
        Load(content, 0, 6);
        Assert.That(Load(content, 2, 6), Is.EqualTo(LoadResult.Of(5)));
        Assert.That(Load(content, 2, 6), Is.EqualTo(LoadResult.Of(5)));
        Assert.That(Copy(content, 2, 6), Is.EqualTo("\nb\r\0c"));
        Assert.That(Copy(content, 4, 2), Is.EqualTo("\r\0"));
    }

    [Test]
    public void Any_text_in_any_blocks_is_the_whole_text_encoded() =>
        (from text in Octet.Array[0, 3000]
         from block in Gen.Int[1, 600]
         from window in Gen.Int[1, 5]
         from isSlow in Gen.Bool
         select (text, block, window, isSlow)).Sample(
            sample =>
            {
                var encoded = new byte[sample.text.Length * 2];
                Netascii.Encode(sample.text, encoded, out _, out var length);
                var store = new TestStore().Add("text", Encoding.Latin1.GetString(sample.text));
                var inner = Open(store);
                store.IsSlow = sample.isSlow;
                using var content = new NetasciiContent(inner);
                Assert.That(content.Length, Is.EqualTo(sample.isSlow ? null : (long?)length));
                Assert.That(ReadAll(content, sample.block * sample.window, sample.block, store), Is.EqualTo(encoded[..length]));
            },
            iter: 500);

    [Test]
    public void Does_not_read_a_large_file_only_to_learn_its_length()
    {
        using var content = new NetasciiContent(Open(_store.Add("text", NetasciiContent.CountedMax + 1)));
        Assert.That(content.Length, Is.Null);
        Assert.That(Load(content, 0, 512).Available, Is.EqualTo(512));
    }

    [Test]
    public void Fails_as_the_file_fails([Values] bool isSlow)
    {
        var inner = Open(_store.Add("text", 5000));
        (_store.IsSlow, _store.Fault) = (isSlow, (0, "file was truncated while it was sent"));
        using var content = new NetasciiContent(inner);
        Assert.That(Load(content, 0, 512, _store).Failure, Is.EqualTo("file was truncated while it was sent"));
    }

    [Test]
    public void Closes_the_file()
    {
        Encoded("text").Dispose();
        Assert.That(_store.OpenCount, Is.Zero);
    }

    private NetasciiContent Encoded(string text) => new(Open(_store.Add("text", text)));

    private static IContent Open(TestStore store)
    {
        Assert.That(SafePath.TryParse("text", flat: false, out var path));
        return store.OpenAsync(path!).Result.Content!;
    }

    private static LoadResult Load(NetasciiContent content, long offset, int count, TestStore? store = null)
    {
        var load = content.LoadAsync(offset, count);
        store?.Answer();
        Assert.That(load.IsCompleted);
        return load.Result;
    }

    private static string Copy(NetasciiContent content, long offset, int count)
    {
        var bytes = new byte[count];
        return Encoding.ASCII.GetString(bytes, 0, content.CopyTo(offset, bytes));
    }

    private static List<string> Blocks(NetasciiContent content, int size)
    {
        var blocks = new List<string>();
        while (Load(content, blocks.Count * size, size).Available > 0) blocks.Add(Copy(content, blocks.Count * size, size));
        return blocks;
    }

    /// <summary>As a session does that goes on after the first block of every window.</summary>
    private static byte[] ReadAll(NetasciiContent content, int count, int step, TestStore? store = null)
    {
        var all = new List<byte>();
        while (Load(content, all.Count, count, store) is { Available: > 0 })
        {
            var bytes = new byte[step];
            all.AddRange(bytes[..content.CopyTo(all.Count, bytes)]);
        }

        return [.. all];
    }
}
