namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>What became of one step.</summary>
internal enum StepResult : byte
{
    Applied,

    /// <summary>What it would take away was not there, or another step takes it away.</summary>
    NotNeeded,

    /// <summary>The kernel or the process's privileges do not allow it.</summary>
    Skipped,

    /// <summary>It should have worked and did not.</summary>
    Failed,
}

/// <summary>One step of the confinement and how it went.</summary>
/// <param name="Reason">One clause; <c>null</c> when there is nothing to add.</param>
internal sealed record HardeningStep(string Name, StepResult Result, string? Reason = null)
{
    /// <summary>As a log line shows it: <c>landlock skipped (the kernel has none)</c>.</summary>
    public override string ToString()
    {
        var result = Result switch
        {
            StepResult.Applied => "applied",
            StepResult.NotNeeded => "not needed",
            StepResult.Skipped => "skipped",
            _ => "FAILED",
        };
        return Reason is null ? $"{Name} {result}" : $"{Name} {result} ({Reason})";
    }

    internal static HardeningStep Applied(string name, string? reason = null) => new(name, StepResult.Applied, reason);

    internal static HardeningStep NotNeeded(string name, string reason) => new(name, StepResult.NotNeeded, reason);

    internal static HardeningStep Skipped(string name, string reason) => new(name, StepResult.Skipped, reason);

    internal static HardeningStep Of(string name, SystemError? error) => error switch
    {
        null => Applied(name),
        { IsRefusal: true } => Skipped(name, error.Value.ToString()),
        _ => new(name, StepResult.Failed, error.Value.ToString()),
    };
}
