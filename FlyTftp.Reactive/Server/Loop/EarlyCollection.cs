namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// Collects garbage sooner than the runtime would while there are many sessions. By itself it lets tens of MB come together, much of which outlives its
/// generation by chance, so that a flood of requests takes several times what is in use (docs/adr/0020). One a loop, on its thread.
/// </summary>
internal sealed class EarlyCollection
{
    private const int ManySessions = 256;

    /// <summary>The young generations are collected after the loop has allocated so many bytes, or an eighth of what is in use.</summary>
    private const int YoungBytes = 2 << 20, YoungShare = 8;

    /// <summary>All of them, when so many bytes have come to what was in use the last time, or a quarter of that.</summary>
    private const int OldBytes = 4 << 20, OldShare = 4;

    private long _allocated, _inUse;

    /// <summary>Looks whether it is time.</summary>
    public void Consider(int sessions)
    {
        if (sessions < ManySessions) return;
        var young = Math.Max(YoungBytes, _inUse / YoungShare);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (allocated - _allocated < young) return;
        _allocated = allocated;
        var isOld = GC.GetTotalMemory(forceFullCollection: false) - young > _inUse + Math.Max(OldBytes, _inUse / OldShare);
        GC.Collect(isOld ? GC.MaxGeneration : 1, GCCollectionMode.Forced, blocking: true);
        if (isOld) _inUse = GC.GetTotalMemory(forceFullCollection: false);
    }
}
