namespace FlyTftp.Reactive.Sessions;

/// <summary>How many sessions one pipeline has, those included that wait for a disk. Written on its scheduler, read from any thread.</summary>
public sealed class SessionCount
{
    private int _value;

    public int Value
    {
        get => Volatile.Read(ref _value);
        internal set => Volatile.Write(ref _value, value);
    }
}
