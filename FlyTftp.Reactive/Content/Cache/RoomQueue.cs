namespace FlyTftp.Reactive.Content.Cache;

/// <summary>
/// Loads that found the cache full of what other transfers hold: first come, first served, as soon as enough of that is given back. Who
/// waits must hold nothing itself, so that nobody waits for one another; and while somebody waits, nobody may take room past the queue, or
/// whoever needs much would wait for ever. Used on the loop only.
/// </summary>
/// <param name="post">Runs an action on the loop, soon: whoever gives something back is in the middle of something else.</param>
internal sealed class RoomQueue(ContentCache cache, Action<Action> post)
{
    private readonly Queue<(long Bytes, TaskCompletionSource Room)> _waiting = new();
    private bool _isPosted;

    /// <summary>Somebody waits: who needs more room than it holds gives that back and waits behind him.</summary>
    public bool IsWaiting => _waiting.Count > 0;

    private bool IsFirstsTurn => _waiting.TryPeek(out var first) && cache.HasRoomFor(first.Bytes);

    /// <summary>Ends, on the loop, when the cache has so much room; what was asked for is to be taken at once.</summary>
    public Task WaitAsync(long bytes)
    {
        // Without RunContinuationsAsynchronously: the rest runs inside the post.
        var room = new TaskCompletionSource();
        _waiting.Enqueue((bytes, room));
        GrantNext();
        return room.Task;
    }

    /// <summary>To be called whenever something may have been given back.</summary>
    public void GrantNext()
    {
        if (_isPosted || !IsFirstsTurn) return;

        _isPosted = true;
        post(() =>
        {
            _isPosted = false;
            if (IsFirstsTurn) _waiting.Dequeue().Room.SetResult();
            // The first may have taken less than it asked for, or nothing, since its client is gone.
            GrantNext();
        });
    }
}
