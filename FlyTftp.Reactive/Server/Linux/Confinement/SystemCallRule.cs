namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>
/// A system call that is allowed, wholly or where one argument's low half, masked, is one of a few values. Pointers cannot be judged:
/// a filter sees registers only (seccomp(2)).
/// </summary>
/// <param name="Argument">0 to 5; −1: whatever the arguments are.</param>
internal readonly record struct SystemCallRule(SystemCall Call, int Argument, uint Mask, params uint[] Values)
{
    public static SystemCallRule Allow(SystemCall call) => new(call, -1, 0);

    public static SystemCallRule Allow(string name, int x64, int arm64) => Allow(new SystemCall(name, x64, arm64));

    public static SystemCallRule AllowIf(string name, int x64, int arm64, int argument, uint mask, params uint[] values) =>
        new(new(name, x64, arm64), argument, mask, values);
}
