using System.Net;
using System.Net.Sockets;
using System.Text;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Content;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server;

/// <summary>
/// The program as a process over a folder that a test fills, where every file holds its own path: started as root and published, it is confined.
/// </summary>
internal abstract class ServedNamesFixture
{
    private readonly List<string> _put = [];
    private Socket _client = null!;

    private protected string Root { get; private set; } = "";

    private protected ServerProcess? Running { get; private set; }

    private protected Socket Client => _client;

    /// <summary>What came last, behind its first four bytes.</summary>
    private protected string Content { get; private set; } = "";

    [SetUp]
    public void Begin() => (Root, _client) = (ServedFolder.Create("flytftp-names-"), UdpClients.ClientAt("127.0.0.1"));

    [TearDown]
    public void End()
    {
        Running?.Dispose();
        Running = null;
        _client.Dispose();
        _put.ForEach(name => TestTree.DeleteByBytes(Root, name));
        Directory.Delete(Root, recursive: true);
        if (Directory.Exists(Outside)) Directory.Delete(Outside, recursive: true);
    }

    private protected string Outside => Root + "-config";

    private protected static void WriteOutside(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private protected void Serve(params string[] arguments) => Running = new ServerProcess(Root, ["127.0.0.1:0"], arguments);

    private protected void Put(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, name))!);
            TestTree.WriteByBytes(Root, name, Printable.Escape(name));
            _put.Add(name);
        }
    }

    private protected string Get(string name, Socket? client = null)
    {
        var request = new byte[1024];
        return Ask(request.AsSpan(0, PacketWriter.WriteRequest(request, Opcode.ReadRequest, new Request(name, "octet", OptionSet.Empty))).ToArray(), client);
    }

    /// <summary>The content of a file of one block, or the packet that came instead.</summary>
    private protected string Ask(byte[] request, Socket? client = null)
    {
        if (Running is null) Serve();
        client ??= _client;
        var packet = Exchange(client, request);
        if (packet.Kind != PacketKind.Data) return packet.ToString();
        client.SendTo(PacketScript.Encode("ACK 1"), Server);
        return Content;
    }

    private protected IPEndPoint Server => new(IPAddress.Loopback, Running!.Ports[0]);

    private protected Packet Exchange(Socket client, byte[] datagram)
    {
        var buffer = new byte[2000];
        client.SendTo(datagram, Server);
        var length = client.Receive(buffer);
        Content = Encoding.UTF8.GetString(buffer, 4, length - 4);
        return PacketReader.Read(buffer.AsSpan(0, length));
    }
}
