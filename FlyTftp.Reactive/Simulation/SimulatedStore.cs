using System.Reactive.Concurrency;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Simulation.Links;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Simulation;

/// <summary>The files behind a disk that at times is slow, and that watches how they are used.</summary>
/// <param name="slowShare">Share of the opens and loads that take up to <see cref="SlowestAnswer"/>.</param>
internal sealed class SimulatedStore(SimulatedFiles files, double slowShare, SeededRandom chance, Referee referee, IScheduler scheduler)
    : IContentStore
{
    private static readonly TimeSpan SlowestAnswer = TimeSpan.FromMilliseconds(60);

    /// <summary>Contents that a session has yet to dispose.</summary>
    public int OpenCount { get; private set; }

    /// <summary>Opens that the disk has yet to answer; their sessions may have ended meanwhile.</summary>
    public int Opening { get; private set; }

    public ValueTask<OpenResult> OpenAsync(SafePath path)
    {
        if (files.Find(path) is not { } bytes) return Answer(OpenResult.Refused(Refusal.NotFound));
        OpenCount++;
        Opening++;
        return Answer(OpenResult.Opened(new Content(this, bytes)), () => Opening--);
    }

    private ValueTask<T> Answer<T>(T answer, Action? answered = null)
    {
        if (!chance.Happens(slowShare))
        {
            answered?.Invoke();
            return new(answer);
        }

        var source = new TaskCompletionSource<T>();
        scheduler.Schedule(chance.Between(TimeSpan.Zero, SlowestAnswer), () =>
        {
            answered?.Invoke();
            referee.DuringLoad(() => source.SetResult(answer));
        });
        return new(source.Task);
    }

    private sealed class Content(SimulatedStore store, byte[] bytes) : IContent
    {
        private (long Offset, int Count) _loaded;
        private bool _isDisposed;

        public long? Length => bytes.Length;

        public ValueTask<LoadResult> LoadAsync(long offset, int count)
        {
            if (_isDisposed) store.Fail("content was loaded after it had been disposed");
            if (offset < _loaded.Offset) store.Fail("a load went back behind the last one");
            _loaded = (offset, count);
            return store.Answer(LoadResult.Of((int)Math.Clamp(bytes.Length - offset, 0, count)));
        }

        public int CopyTo(long offset, Span<byte> destination)
        {
            if (_isDisposed) store.Fail("content was read after it had been disposed");
            // NetasciiContent counts the whole of a small file before any load.
            var count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
            if (offset < _loaded.Offset || offset + count > _loaded.Offset + _loaded.Count) store.Fail("bytes were read that had not been loaded");
            bytes.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
            if (_isDisposed) store.Fail("content was disposed twice");
            _isDisposed = true;
            store.OpenCount--;
        }
    }

    private void Fail(string what) => referee.Fail(what);
}
