using System.Diagnostics;
using System.Globalization;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Confinement;

/// <summary>Every number that the server gives the kernel, and every one that its filter lets through, against the kernel's own headers.</summary>
[Platform("Linux")]
public class SystemCallNumberTests
{
    private const string Install = "apt-get install gcc linux-libc-dev";

    // What the kernel's arch/arm64/include/uapi/asm/unistd.h defines before it includes the table that it shares with other architectures.
    private const string Arm64 = """
        #define __BITS_PER_LONG 64
        #define __ARCH_WANT_RENAMEAT
        #define __ARCH_WANT_NEW_STAT
        #define __ARCH_WANT_SET_GET_RLIMIT
        #define __ARCH_WANT_TIME32_SYSCALLS
        #define __ARCH_WANT_SYS_CLONE3
        #define __ARCH_WANT_MEMFD_SECRET
        #include <asm-generic/unistd.h>
        """;

    private static readonly SystemCall[] Known =
    [
        .. new[] { false, true }.SelectMany(static loadsCode => SystemCallPolicy.For(1, loadsCode)).Select(static rule => rule.Call).Distinct(),
        SystemCallPolicy.AnsweredAsMissing, SystemCall.GetThreadId, SystemCall.GetDirectoryEntries, SystemCall.SetCapabilities,
        SystemCall.SecureComputing, SystemCall.LandlockCreateRuleset, SystemCall.LandlockAddRule, SystemCall.LandlockRestrictSelf,
    ];

    [Test]
    public void Are_those_of_arm64() =>
        Assert.That(Known.Select(static call => (call.Name, call.Arm64)), Is.EqualTo(Lookup(Arm64)));

    [Test]
    public void Are_those_of_x64()
    {
        if (!File.Exists("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")) ClientTool.Require("linux-libc-dev for x64", Install);
        Assert.That(Known.Select(static call => (call.Name, call.X64)), Is.EqualTo(Lookup("#include <asm/unistd_64.h>")));
    }

    /// <summary>Lets the C preprocessor say what the names stand for; −1 for one that has no number.</summary>
    private static IEnumerable<(string Name, int Number)> Lookup(string table)
    {
        using var gcc = Process.Start(new ProcessStartInfo(ClientTool.Require("gcc", Install), ["-E", "-P", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        gcc.StandardInput.WriteLine(table);
        foreach (var call in Known) gcc.StandardInput.WriteLine($"\nnumber {call.Name}_ __NR_{call.Name}");
        gcc.StandardInput.Close();
        var lines = gcc.StandardOutput.ReadToEnd().Split('\n').Where(static line => line.StartsWith("number ", StringComparison.Ordinal)).ToArray();
        gcc.WaitForExit();
        Assert.That(gcc.ExitCode, Is.Zero);
        return lines.Select(static line => line.Split(' ')).Select(static words => (
            words[1].TrimEnd('_'), int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1));
    }
}
