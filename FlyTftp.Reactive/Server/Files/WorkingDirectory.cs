namespace FlyTftp.Reactive.Server.Files;

/// <summary>The working directory, which may be gone: removed while a shell stood in it, or one that this user may not enter.</summary>
public static class WorkingDirectory
{
    /// <summary>Its full path; <c>null</c> when there is none.</summary>
    public static string? Path
    {
        get
        {
            try
            {
                return Directory.GetCurrentDirectory();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
