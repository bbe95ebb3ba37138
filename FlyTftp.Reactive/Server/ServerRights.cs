using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Server;

/// <summary>What the server gives up between binding and serving.</summary>
internal static class ServerRights
{
    private const string Users = "/etc/passwd";
    private const uint Root = 0;

    /// <summary>One line: the root was readable before the process became somebody else, and is not any more.</summary>
    public static string NotReadable(ServerOptions options) =>
        $"root \"{options.Root}\" cannot be read by user {options.User ?? $"{ConfinementOptions.Nobody}"}, as whom it would be served: "
        + "let others read it (chmod o+rx), or name its owner (--user)";

    /// <summary>
    /// Confines the process as the options say. What was asked for is done, or the answer is no. To be called on the main thread, before any other
    /// is started.
    /// </summary>
    /// <param name="kept">Files outside the root that have to be read later: full paths.</param>
    /// <param name="root">Where the content is found from now on.</param>
    /// <param name="keeper">How those files are read from now on; <c>null</c>: directly.</param>
    /// <param name="error">One line: why it may not serve like this.</param>
    public static bool TryDropRights(
        ServerOptions options, ServerLog log, IReadOnlyList<string> kept, out string root, out FileKeeper? keeper, [NotNullWhen(false)] out string? error)
    {
        (root, keeper, error) = (Path.GetFullPath(options.Root), null, null);
        if (!OperatingSystem.IsLinux())
        {
            error = options.User is not null ? "--user: another user can only be become on Linux; leave it out"
                : options.Hardening == HardeningMode.Require ? "--hardening require: rights can only be dropped on Linux; use --hardening auto" : null;
            return error is null;
        }

        SystemUser? asked = null;
        if (options.User is { } name)
        {
            if (!SystemUser.TryResolve(name, Users, out var user))
            {
                error = $"--user {name}: no such user in {Users}; name one that is there, or a number";
                return false;
            }

            asked = user;
        }

        var confinement = new ConfinementOptions { Root = root };
        if (asked is { } known) confinement = confinement with { UserId = known.UserId, GroupId = known.GroupId };
        var isConfined = options.Hardening == HardeningMode.Require || (options.Hardening == HardeningMode.Auto && !confinement.LoadsCode);
        if (isConfined) error = Confine(options.Hardening, confinement, log, kept, out root, out keeper);
        else GiveUpLess(options, confinement, asked is not null, log);
        if (error is null && asked is { } wanted) error = WhyNot(wanted, options.User!, confinement);
        return error is null;
    }

    private static string? Confine(
        HardeningMode mode, ConfinementOptions confinement, ServerLog log, IReadOnlyList<string> kept, out string root, out FileKeeper? keeper)
    {
        keeper = null;
        if (SystemCall.IsSupported && !confinement.LoadsCode
            && !FileKeeper.TryStart(kept, confinement.Root, confinement.UserId, confinement.GroupId, out keeper, out var obstacle))
            log.Notice($"files outside the root cannot be read later ({obstacle})");
        var report = Confinement.Apply(confinement);
        log.Confined(report.ToString());
        root = report.Root;
        return report.HasFailed ? "cannot drop rights; see the log, or use --hardening off"
            : mode == HardeningMode.Require && !report.IsComplete
                ? "cannot drop all rights, as --hardening require demands; see the log, or use --hardening auto" : null;
    }

    /// <summary>Without confinement: another user all the same, if one was named; whoever stays root is told so.</summary>
    private static void GiveUpLess(ServerOptions options, ConfinementOptions confinement, bool isUserNamed, ServerLog log)
    {
        if (options.Hardening == HardeningMode.Auto)
            log.Notice("not confined: this build compiles code at run time; only the native executable confines itself");
        if (isUserNamed) log.Confined(Confinement.BecomeUser(confinement).ToString());
        else if (Libc.EffectiveUserId() == Root) log.Notice("running as root with all its rights; --user NAME changes that");
    }

    /// <returns><c>null</c> when the process is that user now, and can go on as it.</returns>
    private static string? WhyNot(SystemUser wanted, string name, ConfinementOptions confinement)
    {
        if (Libc.EffectiveUserId() is var user && user != wanted.UserId)
            return $"--user {name}: runs as user {user}, who may not become another: start it as root, or leave --user out";
        foreach (var folder in confinement.LoadsFrom)
        {
            try
            {
                foreach (var file in Directory.EnumerateFiles(folder, "*.dll").Take(1)) File.OpenHandle(file).Dispose();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return $"--user {name}: that user cannot read the program's own files in {folder}: let others read them, or use the native executable";
            }
        }

        return null;
    }
}
