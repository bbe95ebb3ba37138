using System.Globalization;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>Whom <c>--user NAME|UID</c> means.</summary>
internal readonly record struct SystemUser(uint UserId, uint GroupId)
{
    /// <summary>Bytes; a longer list of users is not searched.</summary>
    private const int MaxListLength = 1 << 20;

    /// <summary>
    /// A number stands for itself, with the group that the list of users gives it and otherwise the group of the same number, so that it
    /// works in an image without any list. A name must be listed.
    /// </summary>
    /// <param name="list">A file in passwd(5)'s form; it need not exist.</param>
    public static bool TryResolve(string user, string list, out SystemUser resolved)
    {
        var isNumber = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        foreach (var line in Read(list))
        {
            // name:password:uid:gid:…
            var fields = line.Split(':');
            if (fields.Length < 4 || !TryNumber(fields[2], out var listed) || !TryNumber(fields[3], out var group)) continue;
            if (isNumber ? listed != number : fields[0] != user) continue;

            resolved = new SystemUser(listed, group);
            return true;
        }

        resolved = new SystemUser(number, number);
        return isNumber;
    }

    private static string[] Read(string list)
    {
        try
        {
            return new FileInfo(list) is { Exists: true, Length: <= MaxListLength } ? File.ReadAllLines(list) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
