namespace FlyTftp.Reactive.Cli;

/// <summary>What the program ends with.</summary>
public static class ExitCode
{
    public const int Ok = 0, Failed = 1, BadArguments = 2;

    /// <summary>Of <c>replay</c>: not one session could be compared.</summary>
    public const int NothingCompared = 3;
}
