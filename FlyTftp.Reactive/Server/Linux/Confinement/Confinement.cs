using System.Runtime.InteropServices;
using System.Text;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>Which steps to take; tests take them one by one.</summary>
[Flags]
internal enum HardeningSteps
{
    None = 0,
    NoNewPrivileges = 1,
    Landlock = 2,
    Chroot = 4,
    User = 8,
    Capabilities = 16,
    Seccomp = 32,
    All = 63,
}

/// <summary>
/// Gives up, for good and for the whole process, all that a bound read-only server does not need (docs/adr/0005). To be called once, on
/// the main thread, when every socket is bound, every file outside the root is read and no thread was started yet.
/// </summary>
internal static unsafe class Confinement
{
    private const int NoNewPrivileges = 38;

    /// <summary>
    /// Applies what can be applied and says what could not. Never throws for what a kernel lacks or refuses. Elsewhere than on Linux
    /// (x64, arm64) every step is skipped.
    /// </summary>
    public static ConfinementReport Apply(ConfinementOptions options) => Apply(options, HardeningSteps.All);

    internal static ConfinementReport Apply(ConfinementOptions options, HardeningSteps chosen)
    {
        if (!SystemCall.IsSupported)
        {
            return new([HardeningStep.Skipped("confinement", "only on Linux x64 and arm64")], options.Root);
        }

        // Time zones are read from disk when first asked for, and a log line asks.
        _ = TimeZoneInfo.Local.BaseUtcOffset;
        var outside = EveryThread.Others();

        var steps = new List<HardeningStep>();
        var take = (HardeningSteps step, Func<HardeningStep> action) =>
        {
            if (chosen.HasFlag(step)) steps.Add(action());
        };
        take(HardeningSteps.NoNewPrivileges, ForbidNewPrivileges);
        take(HardeningSteps.Landlock, () => Landlock.Apply("landlock", [options.Root, .. options.AlsoReadable]));
        // The bounding set can only be emptied while the user still may.
        var bounding = chosen.HasFlag(HardeningSteps.Capabilities) ? Capabilities.DropBounding() : null;
        take(HardeningSteps.Chroot, () => ChangeRoot(options, isLandlocked: steps is [.., { Name: "landlock", Result: StepResult.Applied }]));
        take(HardeningSteps.User, () => ChangeUser(options.UserId, options.GroupId));
        take(HardeningSteps.Capabilities, () => HardeningStep.Of("capabilities", bounding ?? Capabilities.DropAll()));
        take(HardeningSteps.Seccomp, () => FilterSystemCalls(options.LoadsCode));
        if (chosen == HardeningSteps.All) steps.Add(Account(outside));

        var isChrooted = steps.Exists(step => step is { Name: "chroot", Result: StepResult.Applied });
        return new(steps, isChrooted ? "/" : options.Root);
    }

    /// <summary>The user alone, of all the steps.</summary>
    internal static HardeningStep BecomeUser(ConfinementOptions options) => ChangeUser(options.UserId, options.GroupId);

    private static HardeningStep ForbidNewPrivileges() => HardeningStep.Of("no-new-privs", EveryThread.Run(
        static () => SystemError.Of("prctl(PR_SET_NO_NEW_PRIVS)", Libc.ProcessControl(NoNewPrivileges, 1, 0, 0, 0))));

    private static HardeningStep ChangeRoot(ConfinementOptions options, bool isLandlocked)
    {
        if (options.LoadsCode) return HardeningStep.Skipped("chroot", "the runtime still reads its assemblies: use the native executable");

        var error = EnterRoot(options.Root);
        return error is { IsRefusal: true } && isLandlocked
            ? HardeningStep.NotNeeded("chroot", "no right to; landlock holds the files")
            : HardeningStep.Of("chroot", error);
    }

    private static SystemError? EnterRoot(string root)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(root + '\0'), here = ".\0"u8)
        {
            var folder = Libc.Open(path, OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0);
            if (SystemError.Of("open " + root, folder) is { } error) return error;

            // First into the folder, then "." becomes "/": the working directory is never outside.
            var result = SystemError.Of("fchdir", Libc.ChangeDirectory(folder)) ?? SystemError.Of("chroot", Libc.ChangeRoot(here));
            _ = Libc.Close(folder);
            return result;
        }
    }

    private static HardeningStep ChangeUser(uint user, uint group)
    {
        if (Libc.EffectiveUserId() is var current and not 0) return HardeningStep.NotNeeded("user", $"runs as {current} already");

        // Groups first: whoever is not root any more may not change them.
        var error = SystemError.Of("setgroups", Libc.SetGroups(0, null))
            ?? SystemError.Of("setresgid", Libc.SetGroupIds(group, group, group))
            ?? SystemError.Of("setresuid", Libc.SetUserIds(user, user, user));
        return error is null ? HardeningStep.Applied("user", $"{user}:{group}") : HardeningStep.Of("user", error);
    }

    private static HardeningStep FilterSystemCalls(bool loadsCode) => HardeningStep.Of("seccomp", SystemCallFilter.Install(
        SystemCallFilter.Build(
            SystemCallPolicy.For((uint)Environment.ProcessId, loadsCode), SystemCallPolicy.AnsweredAsMissing, RuntimeInformation.ProcessArchitecture)));

    private static HardeningStep Account(IReadOnlyList<string>? outside) => outside switch
    {
        null => HardeningStep.Skipped("every-thread", "/proc is not there to tell"),
        [] => HardeningStep.Applied("every-thread"),
        _ => HardeningStep.Skipped("every-thread", $"started before, so without landlock: {string.Join(", ", outside)}"),
    };
}
