using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Server;

/// <summary>What the server gives up between binding and serving.</summary>
internal static class ServerRights
{
    private const string Users = "/etc/passwd";

    /// <summary>One line: the root was readable before the process became somebody else, and is not any more.</summary>
    public static string NotReadable(ServerOptions options) =>
        $"root \"{options.Root}\" cannot be read by user {options.User ?? $"{ConfinementOptions.Nobody}"}, as whom it would be served: "
        + "let others read it (chmod o+rx), or name its owner (--user)";

    /// <summary>Confines the process as the options say. To be called on the main thread, before any other is started.</summary>
    /// <param name="root">Where the content is found from now on.</param>
    /// <param name="error">One line: why it may not serve like this.</param>
    public static bool TryGiveUp(ServerOptions options, ServerLog log, out string root, [NotNullWhen(false)] out string? error)
    {
        (root, error) = (Path.GetFullPath(options.Root), null);
        if (options.Hardening == HardeningMode.Off || !OperatingSystem.IsLinux()) return true;

        var confinement = new ConfinementOptions { Root = root };
        if (options.User is { } name)
        {
            if (!SystemUser.TryResolve(name, Users, out var user))
            {
                error = $"--user {name}: no such user in {Users}; name one that is there, or a number";
                return false;
            }

            confinement = confinement with { UserId = user.UserId, GroupId = user.GroupId };
        }

        if (options.Hardening == HardeningMode.Auto && confinement.LoadsCode)
        {
            log.Notice("not confined: this build compiles code at run time; only the native executable confines itself");
            return true;
        }

        var report = Confinement.Apply(confinement);
        log.Confined(report.ToString());
        root = report.Root;
        if (report.HasFailed) error = "cannot drop rights; see the log, or use --hardening off";
        else if (options.Hardening == HardeningMode.Require && !report.IsComplete)
            error = "cannot drop all rights, as --hardening require demands; see the log, or use --hardening auto";
        return error is null;
    }
}
