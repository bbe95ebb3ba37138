using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>A file system that is slow, forgetful or broken on demand, and counts its open handles.</summary>
internal sealed class FakeTree : IFileOpener
{
    private readonly Dictionary<string, FakeFile> _files = [];
    private ulong _lastInode;

    /// <summary>Nothing is in the page cache: whatever may not block, would.</summary>
    public bool IsCold { get; set; }

    public int OpenHandles { get; private set; }

    /// <summary>Reads that gave bytes.</summary>
    public int Reads { get; private set; }

    /// <summary>Another file takes the name.</summary>
    public FakeFile Put(string name, byte[] bytes) => _files[name] = new FakeFile { Inode = ++_lastInode, Bytes = bytes };

    /// <summary>What every opening is refused with.</summary>
    public Refusal? Refusal { get; set; }

    public bool IsRootThere => true;

    public FileOpening Open(SafePath path, bool mayBlock)
    {
        if (IsCold && !mayBlock) return FileOpening.WouldBlock;
        if (Refusal is { } refusal) return FileOpening.Refused(refusal);
        if (!_files.TryGetValue(path.Value, out var file)) return FileOpening.Refused(Refusal.NotFound);
        OpenHandles++;
        return FileOpening.Opened(new Handle(this, file));
    }

    /// <summary>How often a folder was read.</summary>
    public int Listings { get; private set; }

    public DirectoryListing? List(SafePath? folder)
    {
        Listings++;
        var prefix = folder is null ? "" : folder.Value + "/";
        var names = _files.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..].Split('/')).ToList();
        return names.Count == 0 ? null : DirectoryListing.Of(
            Identify(folder)!.Value, [.. names.Select(parts => new DirectoryEntry(parts[0], parts.Length > 1)).Distinct()]);
    }

    // Every new name changes every folder.
    public FileIdentity? Identify(SafePath? folder) => new(folder?.Value ?? "", 1, 0, _files.Count, 0);

    public void Dispose()
    {
    }

    public sealed class FakeFile
    {
        public required ulong Inode { get; init; }

        public required byte[] Bytes { get; set; }

        public long Modified { get; set; }

        public bool IsBroken { get; set; }

        public FileIdentity Identity => new("", 1, Inode, Bytes.Length, Modified);
    }

    private sealed class Handle(FakeTree tree, FakeFile file) : IOpenFile
    {
        private bool _isClosed;

        public FileIdentity Identity { get; } = file.Identity;

        public FileIdentity? IdentifyAgain(bool mayBlock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return file.Identity;
        }

        public FileRead Read(long offset, Span<byte> destination, bool mayBlock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (tree.IsCold && !mayBlock) return FileRead.WouldBlock;
            if (file.IsBroken) return FileRead.Failed;

            // Short, as reads may be.
            var bytes = file.Bytes.AsSpan((int)Math.Min(offset, file.Bytes.Length));
            bytes = bytes[..Math.Min(bytes.Length, Math.Min(destination.Length, 50_000))];
            bytes.CopyTo(destination);
            tree.Reads++;
            return new(bytes.Length);
        }

        public void Dispose()
        {
            Assert.That(_isClosed, Is.False, "A handle is closed once.");
            _isClosed = true;
            tree.OpenHandles--;
        }
    }
}
