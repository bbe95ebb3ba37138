using System.Globalization;
using System.Net;
using System.Reactive.Disposables;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A boot client as RFC 1350, 2347 and 7440 want it, which keeps what it gets and gives up in the end.</summary>
internal sealed class ModelClient
{
    private readonly MemoryStream _received = new();
    private readonly SerialDisposable _timer = new();
    private ModelNetwork _network = null!;
    private byte[] _last = [];
    private long _blocks, _acknowledged;
    private int _blockSize = TransferParameters.DefaultBlockSize, _windowSize = 1, _tries;
    private bool _hasAnswered, _isAsking;

    public Flow Flow { get; init; } = FlowOf(2000);

    public required string File { get; init; }

    public string Mode { get; init; } = "octet";

    public int? BlockSize { get; init; }

    public int? WindowSize { get; init; }

    public int? TimeoutSeconds { get; init; }

    /// <summary>EDK2 and U-Boot acknowledge every block that is out of order; others the first of a gap.</summary>
    public bool AcknowledgesEveryStray { get; init; }

    /// <summary>When it begins.</summary>
    public TimeSpan Begins { get; init; }

    /// <summary>How long it waits before it sends again, and how often it does so in a row.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    public int TriesMax { get; init; } = 10;

    /// <summary>All of the file is here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>When it became so, or it gave up: since the network's beginning.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Why it stopped before.</summary>
    public string? Failure { get; private set; }

    // A longer timeout alone is not granted, and then DATA 1 is the answer.
    private bool AsksOptions => BlockSize is not null || WindowSize is not null || TimeoutSeconds <= TransferParameters.MaxGrantedTimeoutSeconds;

    public byte[] Received => _received.ToArray();

    /// <summary>One of the clients behind 192.0.2.1.</summary>
    public static Flow FlowOf(int port) => new(Endpoint.From(IPAddress.Parse("192.0.2.1"), port), ModelNetwork.Local);

    public void Start(ModelNetwork network)
    {
        _network = network;
        network.After(Begins, Ask);
    }

    public void Receive(byte[] datagram)
    {
        var packet = PacketReader.Read(datagram);
        if (Failure is not null) return;
        switch (packet.Kind)
        {
            case PacketKind.Error:
                Stop($"ERROR {(int)packet.ErrorReport.Code}");
                break;
            case PacketKind.OptionAcknowledgment when _blocks == 0:
                Adopt(packet.Options);
                Acknowledge();
                break;
            case PacketKind.Data when _isAsking && AsksOptions:
                // Of the session before: that client started over.
                break;
            case PacketKind.Data when packet.Block == BlockNumber.Of(_blocks + 1) && !IsComplete:
                Take(datagram.AsSpan(PacketReader.DataOffset));
                break;
            case PacketKind.Data when AcknowledgesEveryStray || !_hasAnswered || IsComplete:
                _hasAnswered = true;
                Acknowledge();
                break;
        }
    }

    private void Take(ReadOnlySpan<byte> payload)
    {
        _received.Write(payload);
        _blocks++;
        _tries = 0;
        _hasAnswered = false;
        if (payload.Length < _blockSize) Stop(null);
        if (IsComplete || _blocks - _acknowledged >= _windowSize) Acknowledge();
        else Wait();
    }

    private void Adopt(OptionSet options)
    {
        _isAsking = false;
        _blockSize = options.TryGet(OptionSet.BlockSize, out var size) ? Number(size) : TransferParameters.DefaultBlockSize;
        _windowSize = options.TryGet(OptionSet.WindowSize, out var window) ? Number(window) : 1;
    }

    private void Acknowledge()
    {
        _acknowledged = _blocks;
        var bytes = new byte[4];
        PacketWriter.WriteAcknowledgment(bytes, BlockNumber.Of(_blocks));
        Send(bytes);
    }

    private void Send(byte[] bytes)
    {
        _last = bytes;
        _network.Carry(() => _network.Deliver(Flow, bytes));
        if (!IsComplete) Wait();
    }

    private void Wait() => _timer.Disposable = _network.After(Patience, () =>
    {
        if (_tries++ == TriesMax) Stop("silence");
        // A window that broke off is asked for by the last block that came; without any block, firmware starts over in the end.
        else if (_blocks > _acknowledged) Acknowledge();
        else if (_blocks == 0 && _tries % 3 == 0) Ask();
        else Send(_last);
    });

    private void Stop(string? failure)
    {
        (IsComplete, Failure) = (failure is null, failure);
        Duration = _network.Scheduler.Now.TimeOfDay;
        _timer.Disposable = Disposable.Empty;
    }

    private void Ask()
    {
        _isAsking = true;
        Send(Request());
    }

    private byte[] Request()
    {
        var options = new List<TransferOption>();
        if (BlockSize is { } size) options.Add(new(OptionSet.BlockSize, Text(size)));
        if (WindowSize is { } window) options.Add(new(OptionSet.WindowSize, Text(window)));
        if (TimeoutSeconds is { } timeout) options.Add(new(OptionSet.Timeout, Text(timeout)));
        var bytes = new byte[PacketWriter.MaxControlLength];
        return bytes[..PacketWriter.WriteRequest(bytes, Opcode.ReadRequest, new Request(File, Mode, new OptionSet([.. options])))];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(TransferOption option) => int.Parse(option.Value, CultureInfo.InvariantCulture);
}
