using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>Files behind a disk that answers when the script says so, and watches how they are used.</summary>
/// <param name="fail">Told what must not be.</param>
internal sealed class ScriptedDisk(Action<string> fail) : IContentStore
{
    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["empty"] = [],
        ["small"] = Fill(511),
        ["block"] = Fill(512),
        ["middle"] = Fill(1500),
        ["large"] = Fill(70_000),
        ["d/text"] = Fill(3000),
    };

    private readonly Queue<Action<bool>> _waiting = [];

    /// <summary>Opens and loads answer by <see cref="Answer"/> only.</summary>
    public bool IsSlow { get; set; }

    public int OpenCount { get; private set; }

    /// <summary>Opens that have not been answered.</summary>
    public int Opening { get; private set; }

    public static byte[]? Find(string name) => Files.GetValueOrDefault(name);

    public ValueTask<OpenResult> OpenAsync(SafePath path)
    {
        if (Find(path.Value) is not { } bytes) return new(OpenResult.Refused(Refusal.NotFound));
        if (!IsSlow) return new(Opened(bytes));
        Opening++;
        var source = new TaskCompletionSource<OpenResult>();
        _waiting.Enqueue(isWell =>
        {
            Opening--;
            source.SetResult(isWell ? Opened(bytes) : OpenResult.Refused(Refusal.Unreadable));
        });
        return new(source.Task);
    }

    /// <returns>False when nobody waits.</returns>
    public bool Answer(bool isWell)
    {
        if (!_waiting.TryDequeue(out var answer)) return false;
        answer(isWell);
        return true;
    }

    private OpenResult Opened(byte[] bytes)
    {
        OpenCount++;
        return OpenResult.Opened(new Content(this, bytes));
    }

    private static byte[] Fill(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        // Line ends for netascii.
        for (var at = 0; at < length; at += 7) bytes[at] = at % 2 == 0 ? (byte)'\n' : (byte)'\r';
        return bytes;
    }

    private sealed class Content(ScriptedDisk disk, byte[] bytes) : IContent
    {
        private (long Offset, int Count) _loaded;
        private bool _isDisposed, _isLoading;

        public long? Length => bytes.Length;

        public ValueTask<LoadResult> LoadAsync(long offset, int count)
        {
            if (_isDisposed) disk.Fail("content was loaded after it had been disposed");
            if (_isLoading) disk.Fail("two loads of one content at a time");
            if (offset < _loaded.Offset) disk.Fail("a load went back behind the last one");
            _loaded = (offset, count);
            var result = LoadResult.Of((int)Math.Clamp(bytes.Length - offset, 0, count));
            if (!disk.IsSlow) return new(result);
            _isLoading = true;
            var source = new TaskCompletionSource<LoadResult>();
            disk._waiting.Enqueue(isWell =>
            {
                _isLoading = false;
                source.SetResult(isWell ? result : LoadResult.Failed(Referee.DiskFailure));
            });
            return new(source.Task);
        }

        public int CopyTo(long offset, Span<byte> destination)
        {
            if (_isDisposed) disk.Fail("content was read after it had been disposed");
            var count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
            if (offset < _loaded.Offset || offset + count > _loaded.Offset + _loaded.Count) disk.Fail("bytes were read that had not been loaded");
            bytes.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
            if (_isDisposed) disk.Fail("content was disposed twice");
            _isDisposed = true;
            disk.OpenCount--;
        }
    }

    private void Fail(string what) => fail(what);
}
