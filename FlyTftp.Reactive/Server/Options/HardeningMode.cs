namespace FlyTftp.Reactive.Server.Options;

/// <summary>How much of its rights the server gives up once its ports are bound (docs/adr/0005).</summary>
public enum HardeningMode : byte
{
    /// <summary>All that the kernel lets it, in the published native program; nothing under a just-in-time compiler, which is a developer's.</summary>
    Auto,

    /// <summary>All of it, or it does not serve.</summary>
    Require,

    Off,
}
