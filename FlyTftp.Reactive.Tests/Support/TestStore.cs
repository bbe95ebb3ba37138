using System.Text;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A store whose disk does what a test says: answers at once, later, or with a failure.</summary>
internal class TestStore : IContentStore
{
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Queue<Action> _pending = [];

    /// <summary>Opens and loads wait until <see cref="Answer"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>What every load from this offset on fails with.</summary>
    public (long From, string Failure)? Fault { get; set; }

    /// <summary>The offset from which on every load throws, as only a bug would.</summary>
    public long ThrowsFrom { get; set; } = long.MaxValue;

    /// <summary>How many contents are open: 0 again when all sessions have ended.</summary>
    public int OpenCount { get; private set; }

    /// <summary>The names that were opened, in order.</summary>
    public List<string> Asked { get; } = [];

    public TestStore Add(string name, int length)
    {
        _files[name] = Pattern(length);
        return this;
    }

    public TestStore Add(string name, string text)
    {
        _files[name] = Encoding.UTF8.GetBytes(text);
        return this;
    }

    /// <summary>The bytes of a file of that length: no two blocks are alike.</summary>
    public static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length; at++) bytes[at] = (byte)(at * 31 + (at >> 8) * 7 + (at >> 16));
        return bytes;
    }

    public byte[] this[string name] => _files[name];

    /// <summary>Lets what waits for the disk go on.</summary>
    public void Answer()
    {
        while (_pending.TryDequeue(out var action)) action();
    }

    /// <summary>Opens at once, however slow the disk.</summary>
    public IContent Open(string name)
    {
        OpenCount++;
        return new TestContent(this, _files[name]);
    }

    public virtual ValueTask<OpenResult> OpenAsync(SafePath path)
    {
        Asked.Add(path.Value);
        return Later(() => _files.ContainsKey(path.Value) ? OpenResult.Opened(Open(path.Value)) : OpenResult.Refused(Refusal.NotFound));
    }

    private ValueTask<T> Later<T>(Func<T> answer)
    {
        if (!IsSlow) return new ValueTask<T>(answer());
        var source = new TaskCompletionSource<T>();
        _pending.Enqueue(() => source.SetResult(answer()));
        return new ValueTask<T>(source.Task);
    }

    private sealed class TestContent(TestStore store, byte[] bytes) : IContent
    {
        private (long Offset, int Count) _loaded;
        private bool _isDisposed;

        public long? Length => bytes.Length;

        public int Version => bytes.Length;

        public ValueTask<LoadResult> LoadAsync(long offset, int count) => store.Later(() =>
        {
            if (offset >= store.ThrowsFrom) throw new InvalidOperationException("bug");
            if (store.Fault is { } fault && offset + count > fault.From) return LoadResult.Failed(fault.Failure);
            _loaded = (offset, count);
            return LoadResult.Of((int)Math.Clamp(bytes.Length - offset, 0, count));
        });

        public int CopyTo(long offset, Span<byte> destination)
        {
            if (_isDisposed) throw new InvalidOperationException("read after the session's end");
            if (offset < _loaded.Offset || Math.Min(bytes.Length, offset + destination.Length) > _loaded.Offset + _loaded.Count)
                throw new InvalidOperationException($"bytes {offset}… were not loaded");
            var count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
            bytes.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
            if (_isDisposed) throw new InvalidOperationException("disposed twice");
            _isDisposed = true;
            store.OpenCount--;
        }
    }
}
