using System.Text;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>
/// Landlock (landlock(7)): from here on nothing but reading beneath the given folders, and no new TCP connection or listener where the
/// kernel's version of it knows of those (ABI 4, Linux 6.7). UDP is none of its business.
/// </summary>
internal static unsafe class Landlock
{
    private const uint QueryVersion = 1;
    private const int RulePathBeneath = 1;
    private const ulong ReadFile = 1 << 2, ReadDirectory = 1 << 3;

    /// <summary>Which version the kernel speaks; 0: none.</summary>
    public static int Version => (int)Math.Max(0, SystemCall.LandlockCreateRuleset.Invoke(0, 0, (nint)QueryVersion));

    public static HardeningStep Apply(string name, IEnumerable<string> readable)
    {
        var version = Version;
        if (version == 0) return HardeningStep.Skipped(name, "the kernel has none, or it is switched off");

        // struct landlock_ruleset_attr: rights over files, rights over the network; everything handled and not granted is denied.
        var attribute = stackalloc ulong[2] { FileRights(version), version >= 4 ? 0b11UL : 0 };
        var ruleset = (int)SystemCall.LandlockCreateRuleset.Invoke((nint)attribute, version >= 4 ? 16 : 8);
        if (SystemError.Of("landlock_create_ruleset", ruleset) is { } error) return HardeningStep.Of(name, error);

        try
        {
            foreach (var path in readable)
            {
                if (Allow(ruleset, path) is { } refused) return HardeningStep.Of(name, refused);
            }

            var failed = EveryThread.Run(() => SystemError.Of("landlock_restrict_self", SystemCall.LandlockRestrictSelf.Invoke(ruleset)));
            return failed is null
                ? HardeningStep.Applied(name, version >= 4 ? $"ABI {version}" : $"ABI {version}: files only")
                : HardeningStep.Of(name, failed);
        }
        finally
        {
            _ = Libc.Close(ruleset);
        }
    }

    // Execute to make-symlink came first, then refer, truncate and ioctl on devices; a bit that the kernel does not know is an error.
    private static ulong FileRights(int version) => version switch
    {
        1 => (1UL << 13) - 1,
        2 => (1UL << 14) - 1,
        3 or 4 => (1UL << 15) - 1,
        _ => (1UL << 16) - 1,
    };

    private static SystemError? Allow(int ruleset, string path)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var folder = Libc.Open(text, OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0);
            if (SystemError.Of("open " + path, folder) is { } error) return error;

            // struct landlock_path_beneath_attr, packed: allowed rights (8 bytes), descriptor (4).
            var rule = stackalloc byte[12];
            *(ulong*)rule = Directory.Exists(path) ? ReadFile | ReadDirectory : ReadFile;
            *(int*)(rule + 8) = folder;
            var result = SystemError.Of(
                "landlock_add_rule", SystemCall.LandlockAddRule.Invoke(ruleset, RulePathBeneath, (nint)rule));
            _ = Libc.Close(folder);
            return result;
        }
    }
}
