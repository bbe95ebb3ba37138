using System.Diagnostics;
using FlyTftp.Reactive.Server.Linux;

namespace FlyTftp.Reactive.Cli;

/// <summary>The end of the process, whatever hangs.</summary>
internal static class ProcessEnd
{
    /// <summary>How long what tidies up at the end (a half-written download, the terminal) may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Ends it with <see cref="ExitCode.Failed"/>: in order if that goes, and otherwise all the same.</summary>
    public static void Now()
    {
        new Thread(KillLater) { IsBackground = true }.Start();
        Environment.Exit(ExitCode.Failed);
    }

    private static void KillLater()
    {
        Thread.Sleep(Patience);
        if (OperatingSystem.IsLinux()) Libc.Exit(ExitCode.Failed);
        else Process.GetCurrentProcess().Kill();
    }
}
