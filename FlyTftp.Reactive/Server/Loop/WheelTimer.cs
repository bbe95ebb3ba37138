namespace FlyTftp.Reactive.Server.Loop;

/// <summary>What a <see cref="TimingWheel"/> holds: its own link in the slot's list, so that a timer is one object.</summary>
internal abstract class WheelTimer : IDisposable
{
    internal TimingWheel? Wheel;
    internal WheelTimer? Previous;
    internal WheelTimer? Next;
    internal long Due;

    /// <summary>Called once, on the loop, unless it was disposed before.</summary>
    internal abstract void Fire();

    /// <summary>Cancels it; nothing happens if it has fired.</summary>
    public virtual void Dispose() => Wheel?.Remove(this);
}
