using System.Globalization;

namespace FlyTftp.Reactive.Protocol;

/// <summary>A number of bytes for people.</summary>
public static class ByteAmount
{
    /// <summary><c>812 B</c>, <c>12.3 MB</c>: powers of ten, as networks and disks are sold.</summary>
    public static string Format(double bytes)
    {
        ReadOnlySpan<string> units = ["B", "kB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= 999.5 && unit < units.Length - 1; unit++) bytes /= 1000;
        return bytes.ToString(unit == 0 || bytes >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
