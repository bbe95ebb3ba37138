using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A program of somebody else that a test needs.</summary>
public static class ClientTool
{
    /// <summary>
    /// The program's full path. Where it is not installed the test is skipped and says how to install it; with CI=true it fails.
    /// </summary>
    /// <param name="install">The command to install it with.</param>
    public static string Require(string command, string install)
    {
        if (Find(command, Environment.GetEnvironmentVariable("PATH") ?? "") is { } path) return path;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Message(command, install));
        Assert.Ignore(Message(command, install));
        return "";
    }

    internal static string Message(string command, string install) => $"{command} is not installed: {install}";

    internal static string? Find(string command, string searchPath) => searchPath
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        // A user's PATH often lacks the folders of tools such as ip.
        .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/sbin"])
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? command + ".exe" : command))
        .FirstOrDefault(File.Exists);
}
