namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>What <see cref="Confinement.Apply(ConfinementOptions)"/> did.</summary>
/// <param name="Root">Where the root is found from now on: <c>/</c> after a chroot.</param>
internal sealed record ConfinementReport(IReadOnlyList<HardeningStep> Steps, string Root)
{
    /// <summary>No step was skipped or failed: what <c>--hardening require</c> demands.</summary>
    public bool IsComplete => Steps.All(static step => step.Result is StepResult.Applied or StepResult.NotNeeded);

    /// <summary>A step went wrong that should have worked: not a state to serve from, whatever <c>--hardening</c> says.</summary>
    public bool HasFailed => Steps.Any(static step => step.Result == StepResult.Failed);

    /// <summary>One line for the log.</summary>
    public override string ToString() => string.Join(", ", Steps);
}
