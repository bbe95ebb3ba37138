using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Replay.Plans;

/// <summary>
/// A file as a recorded session has sent it, read from the capture; what is not in there is zeros. Where the capture does not tell its end it has none:
/// an end that was made up would be a difference of the replay's own making.
/// </summary>
internal sealed class RecordedContent(SessionPlan plan, CaptureFile capture) : IContent
{
    public long? Length => plan.Length;

    public ValueTask<LoadResult> LoadAsync(long offset, int count) => new(LoadResult.Of(Available(offset, count)));

    public int CopyTo(long offset, Span<byte> destination)
    {
        var count = Available(offset, destination.Length);
        plan.Copy(offset, destination[..count], capture.Read);
        return count;
    }

    public void Dispose()
    {
    }

    private int Available(long offset, int count) => plan.Length is { } length ? (int)Math.Clamp(length - offset, 0, count) : count;
}
