namespace FlyTftp.Reactive.Simulation.Links;

/// <summary>What one client's link has lost so far, in both directions.</summary>
internal sealed class LinkLedger
{
    public long Entered { get; internal set; }

    public long Passed { get; internal set; }

    public long Lost => Entered - Passed;
}
