using BenchmarkDotNet.Attributes;
using FlyTftp.Reactive.Benchmarks.Support;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Benchmarks;

/// <summary>Bytes to packets and back, and what a request is granted.</summary>
public class CodecBenchmarks
{
    private static readonly OptionSet Asked = new(new("tsize", "0"), new("blksize", "1432"), new("windowsize", "16"));
    private static readonly NegotiationLimits Limits = new(BlockSizeMax: 1468, WindowSizeMax: 64, WindowBytes: 128 * 1024);

    private readonly byte[] _ack = new byte[4];
    private readonly byte[] _data = new byte[PacketReader.DataOffset + 1432];
    private readonly byte[] _control = new byte[PacketWriter.MaxControlLength];
    private byte[] _request = null!;
    private Transfer _transfer = null!;

    [GlobalSetup]
    public void Setup()
    {
        PacketWriter.WriteAcknowledgment(_ack, new BlockNumber(258));
        var length = PacketWriter.WriteRequest(_control, Opcode.ReadRequest, new Request("boot/ipxe.efi", "octet", Asked));
        _request = _control[..length];
        _transfer = new Transfer(new HollowStore(1 << 30).Open(), 1432);
    }

    [Benchmark]
    public PacketKind ReadAcknowledgment() => PacketReader.Read(_ack).Kind;

    [Benchmark]
    public PacketKind ReadRequest() => PacketReader.Read(_request).Kind;

    /// <summary>Header only: how its bytes get there is the content's affair.</summary>
    [Benchmark]
    public int WriteData() => _transfer.WriteBlock(70_000, _data);

    [Benchmark]
    public int WriteOptionAcknowledgment() => PacketWriter.WriteOptionAcknowledgment(_control, Asked);

    [Benchmark]
    public int Negotiate() => Negotiation.Grant(Asked, Limits, size: 67_584).Granted.Count;
}
