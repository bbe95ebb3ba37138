using System.Net;
using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Benchmarks.Support;

/// <summary>A client that is answered by the whole query in the same call, 20 µs of the query's clock after its last packet.</summary>
internal sealed class BootClient : IObserver<Emission>, IDisposable
{
    private static readonly Flow Flow = new(
        Endpoint.From(IPAddress.Parse("192.0.2.1"), 2000), Endpoint.From(IPAddress.Parse("198.51.100.1"), 69));

    private readonly Subject<Datagram> _arrivals = new();
    private readonly WheelScheduler _scheduler = new();
    private readonly byte[] _ack = new byte[4];
    private readonly byte[] _request = new byte[PacketWriter.MaxControlLength];
    private readonly int _requestLength;
    private readonly IDisposable _subscription;

    public BootClient(IContentStore store, params TransferOption[] options)
    {
        _requestLength = PacketWriter.WriteRequest(_request, Opcode.ReadRequest, new Request("ipxe.efi", "octet", new OptionSet(options)));
        _subscription = _arrivals.Serve(store, new SessionLimits(), Observable.Never<Unit>(), _scheduler).Subscribe(this);
    }

    /// <summary>The last block that came; 0 after an OACK.</summary>
    public long LastBlock { get; private set; }

    /// <summary>Sessions that the query has ended.</summary>
    public int Ended { get; private set; }

    public void Request() => Send(new Datagram(Flow, _request.AsMemory(0, _requestLength)));

    /// <summary>Acknowledges <see cref="LastBlock"/>, and fails unless that brings more.</summary>
    public void Acknowledge()
    {
        var (block, ended) = (LastBlock, Ended);
        PacketWriter.WriteAcknowledgment(_ack, BlockNumber.Of(block));
        Send(new Datagram(Flow, _ack));
        if (LastBlock == block && Ended == ended) throw new InvalidOperationException($"ACK {block} was not answered.");
    }

    public void OnNext(Emission emission)
    {
        switch (emission.Kind)
        {
            case EmissionKind.Blocks:
                LastBlock = emission.FirstBlock + emission.BlockCount - 1;
                break;
            case EmissionKind.OptionAcknowledgment:
                LastBlock = 0;
                break;
            case EmissionKind.Note when emission.SessionNote is SessionEnded { Outcome: Outcome.Complete }:
                Ended++;
                break;
            default:
                throw new InvalidOperationException(emission.ToString());
        }
    }

    public void OnError(Exception error) => throw error;

    public void OnCompleted()
    {
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _arrivals.Dispose();
    }

    private void Send(in Datagram datagram)
    {
        _scheduler.Advance(TimeSpan.FromMicroseconds(20));
        _arrivals.OnNext(datagram);
    }
}
