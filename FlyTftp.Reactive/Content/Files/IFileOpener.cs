using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// The one door to a directory tree. Opens regular files beneath its root and nothing else; links are followed while they stay beneath
/// it, absolute ones too. Safe to use from several threads. What can go wrong is a value, never an exception.
/// </summary>
internal interface IFileOpener : IDisposable
{
    /// <param name="mayBlock">
    /// <c>false</c>: answer from memory, or say <see cref="FileOpening.WouldBlock"/>. An implementation may always say so.
    /// </param>
    FileOpening Open(SafePath path, bool mayBlock);

    /// <summary>
    /// The root still is somewhere in its file system. <c>false</c>: it was deleted, and nothing will be found beneath it any more, whatever
    /// takes its name. May block; what cannot be told is <c>true</c>.
    /// </summary>
    bool IsRootThere { get; }

    /// <summary>Reads a folder's names. Always blocks.</summary>
    /// <param name="folder"><c>null</c>: the root.</param>
    /// <returns><c>null</c>: it is no folder, cannot be read, or holds too much.</returns>
    DirectoryListing? List(SafePath? folder);

    /// <summary>Which folder that is, and in which state: another identity than its last listing's if an entry came or went.</summary>
    FileIdentity? Identify(SafePath? folder);
}

/// <summary>A file, or why there is none, or neither: the answer has to be waited for.</summary>
internal readonly record struct FileOpening(IOpenFile? File, Refusal? Refusal)
{
    public static readonly FileOpening WouldBlock;

    public bool IsOpenOrRefused => File is not null || Refusal is not null;

    public static FileOpening Opened(IOpenFile file) => new(file, null);

    public static FileOpening Refused(Refusal refusal) => new(null, refusal);
}
