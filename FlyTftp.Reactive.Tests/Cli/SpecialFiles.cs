using System.Diagnostics;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

/// <summary>What is no regular file, made in a test's own folder: never the machine's own devices, which a mistake would destroy.</summary>
internal static class SpecialFiles
{
    public static string Fifo(string path)
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("No FIFOs here.");
        Run("mkfifo", path);
        return path;
    }

    /// <summary>A device like /dev/null.</summary>
    public static string NullDevice(string path)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Assert.Ignore("Only Linux's root may make a device.");
        Run("mknod", "-m", "666", path, "c", "1", "3");
        return path;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, program);
    }
}
