using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;
using Microsoft.Win32.SafeHandles;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>A temporary directory that a test fills, with a neighbour whose name begins alike. Every file says where it is.</summary>
internal sealed partial class TestTree : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("flytftp-").FullName;

    private readonly List<string> _odd = [];
    private Socket? _socket;

    public TestTree()
    {
        Root = Path.Join(_base, "root");
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>What links may call the root: by its path, and by one that leads there through a link beside it, "alias".</summary>
    public RootPath Names => new(Root, Path.Join(_base, "alias"));

    /// <summary>Everything that may lie in a tree and must not lead out of it.</summary>
    public static TestTree Nasty()
    {
        var tree = new TestTree();
        foreach (var name in (string[])["a", "b.img", "dir/a", "dir/sub/c", "dir/sub/ü.efi", ".hidden", "dir/.hidden", ".git/config", "a b", "~a", "a\u202Eb", "．．", "%2e%2e"])
        {
            tree.Write(name, "inside");
        }

        foreach (var name in (string[])["odd:name.", "aux.cfg", "trailing ", "caf\uDCE9.img", "rom.efi\uDCFF"]) tree.WriteByBytes(name, "inside");
        foreach (var name in (string[])["../secret", "../root-secret/secret", "../root-secret/a"]) tree.Write(name, "secret");

        tree.Link("to-inside", "dir/a");
        tree.Link("dir/up", "../a");
        tree.Link("dir/sub/around", "../../dir/../b.img");
        tree.Link("to-dir", "dir");
        tree.Link("to-outside", "../secret");
        tree.Link("to-sibling", "../root-secret");
        tree.Link("dir/out", "../../secret");
        tree.Link("out-and-in", "../root/a");
        tree.Link("absolute", Path.Join(tree._base, "secret"));
        tree.Link("absolute-inside", Path.Join(tree.Root, "a"));
        tree.Link("absolute-root", "/");
        tree.Link("absolute-dir", Path.Join(tree.Root, "dir"));
        tree.Link("dir/absolute-up", Path.Join(tree.Root, "absolute-inside"));
        tree.Link("absolute-through", Path.Join(tree.Root, "to-dir", "sub", "..", "a"));
        tree.Link("absolute-dangling", Path.Join(tree.Root, "nothing"));
        tree.Link("absolute-loop", Path.Join(tree.Root, "absolute-loop"));
        tree.Link("absolute-sibling", Path.Join(tree._base, "root-secret", "a"));
        tree.Link("absolute-out-and-in", Path.Join(tree.Root, "..", "root", "a"));
        tree.Link("../alias", "root");
        tree.Link("by-real-name", Path.Join(tree._base, "alias", "a"));
        tree.Link("null", "/dev/null");
        tree.Link("process", "/proc/self/root");
        tree.Link("loop", "loop");
        tree.Link("ping", "dir/pong");
        tree.Link("dir/pong", "../ping");
        tree.Link("dangling", "nothing");
        tree.Link("parent", "..");
        tree.Link("self", ".");
        tree.Fifo("fifo");
        tree.Link("to-fifo", "fifo");
        tree.Socket("socket");
        return tree;
    }

    public string PathOf(string name) => Path.GetFullPath(Path.Join(Root, name));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(PathOf(name), bytes);

    /// <summary>A name that the framework cannot say, since it is no UTF-8.</summary>
    public void WriteByBytes(string name, string text)
    {
        _odd.Add(name);
        WriteByBytes(Root, name, text);
    }

    public static void WriteByBytes(string folder, string name, string text)
    {
        var path = new byte[1024];
        ByteText.Write(Path.Join(folder, name), path);
        using var file = new SafeFileHandle(Create(path, 0b110_100_100), ownsHandle: true);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
    }

    /// <summary>Nor can it delete such a file.</summary>
    public static void DeleteByBytes(string folder, string name)
    {
        var path = new byte[1024];
        ByteText.Write(Path.Join(folder, name), path);
        _ = Unlink(path);
    }

    public void Link(string name, string target) => File.CreateSymbolicLink(PathOf(name), target);

    public void Fifo(string name) => Assert.That(MakeFifo(PathOf(name), 0b110_000_000), Is.Zero);

    public void Socket(string name)
    {
        // Kept open: closing it removes the name.
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(PathOf(name)));
    }

    public void Dispose()
    {
        _socket?.Dispose();
        foreach (var name in _odd) DeleteByBytes(Root, name);
        Directory.Delete(_base, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "creat")]
    private static partial int Create(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "unlink")]
    private static partial int Unlink(byte[] path);
}
