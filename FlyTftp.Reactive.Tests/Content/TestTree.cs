using System.Net.Sockets;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content;

/// <summary>A temporary directory that a test fills, with a neighbour whose name begins alike. Every file says where it is.</summary>
internal sealed partial class TestTree : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("flytftp-").FullName;

    private Socket? _socket;

    public TestTree()
    {
        Root = Path.Join(_base, "root");
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>Everything that may lie in a tree and must not lead out of it.</summary>
    public static TestTree Nasty()
    {
        var tree = new TestTree();
        foreach (var name in (string[])["a", "b.img", "dir/a", "dir/sub/c", "dir/sub/ü.efi", ".hidden", "dir/.hidden", ".git/config", "a b", "~a", "a\u202Eb", "．．", "%2e%2e"])
        {
            tree.Write(name, "inside");
        }

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
        Directory.Delete(_base, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
