namespace FlyTftp.Reactive.Server.Options;

/// <summary>Where the content is when <c>--root</c> does not say.</summary>
public static class ContentFolder
{
    public const string Name = "content";

    /// <summary>
    /// <c>content</c> in the working directory, as in a clone; else beside the executable, as in an image whose program is
    /// <c>/flytftp</c> and whose files are in <c>/content</c>. Where neither exists, the first, so that the error names it.
    /// </summary>
    public static string Find(string workingDirectory, string programDirectory, Func<string, bool> exists)
    {
        var here = Path.Combine(workingDirectory, Name);
        var beside = Path.Combine(programDirectory, Name);
        return !exists(here) && exists(beside) ? beside : here;
    }
}
