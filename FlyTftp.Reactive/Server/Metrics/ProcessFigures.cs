using System.Globalization;
using FlyTftp.Reactive.Server.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace FlyTftp.Reactive.Server.Metrics;

/// <summary>
/// What the operating system says of this process. On Linux the files under /proc are opened once and read again and again, so that it
/// goes on working when no path can be opened any more (docs/adr/0005): make it before the process is confined.
/// </summary>
internal sealed class ProcessFigures : IDisposable
{
    // Linux's USER_HZ, which is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private readonly SafeFileHandle? _statm;
    private readonly DirectoryEntries? _descriptors;

    private ProcessFigures(double started, SafeFileHandle? statm, DirectoryEntries? descriptors) =>
        (StartedUnixSeconds, _statm, _descriptors) = (started, statm, descriptors);

    public double StartedUnixSeconds { get; }

    public bool CanCountDescriptors => _descriptors is not null;

    /// <summary>Never throws: what /proc does not tell is left out.</summary>
    public static ProcessFigures Open(TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        if (!OperatingSystem.IsLinux()) return new(now, null, null);

        try
        {
            return new(now - Age(), File.OpenHandle("/proc/self/statm"), DirectoryEntries.Open("/proc/self/fd"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return new(now, null, null);
        }
    }

    public long ResidentBytes()
    {
        if (_statm is null) return OperatingSystem.IsLinux() ? 0 : Environment.WorkingSet;

        // "size resident shared …", in pages.
        Span<byte> text = stackalloc byte[128];
        var fields = text[..RandomAccess.Read(_statm, text, 0)];
        fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        return long.Parse(fields[..fields.IndexOf((byte)' ')], NumberStyles.None, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    /// <summary>The one that counts them is not counted.</summary>
    public long CountDescriptors() => _descriptors!.Count() - 1;

    public static double CpuSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    public void Dispose()
    {
        _statm?.Dispose();
        _descriptors?.Dispose();
    }

    private static double Age()
    {
        var uptime = File.ReadAllText("/proc/uptime").Split(' ')[0];
        // proc_pid_stat(5): starttime is field 22; the second field is in parentheses and may hold spaces.
        var stat = File.ReadAllText("/proc/self/stat");
        var starttime = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[22 - 3];
        return Number(uptime) - Number(starttime) / TicksPerSecond;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
