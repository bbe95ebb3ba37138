using System.Globalization;
using System.Net;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>
/// The whole pipeline on virtual time: a script of (time, packet) goes in, a transcript of (time, packet) comes out. Every DATA is compared
/// with the file it should come from, every content must be closed and no timer left in the end.
/// </summary>
/// <param name="byStockOperators">Runs <see cref="StockPipeline"/> instead of the program's query.</param>
internal sealed class VirtualServer(TestStore store, SessionLimits? limits = null, bool byStockOperators = false)
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Endpoint Local = Endpoint.From(IPAddress.Parse("198.51.100.1"), 69);

    private readonly HistoricalScheduler _scheduler = new(Epoch);
    private readonly Subject<Datagram> _arrivals = new();
    private readonly Subject<Unit> _drain = new();
    private readonly StringBuilder _transcript = new();
    private readonly byte[] _buffer = new byte[TransferParameters.MaxBlockSize + PacketReader.DataOffset];
    private readonly Dictionary<string, byte[]> _encoded = [];
    private DateTimeOffset _lastEvent = Epoch;

    /// <summary>Every emission, bytes aside.</summary>
    public List<Emission> Emissions { get; } = [];

    public bool IsCompleted { get; private set; }

    /// <summary>The notes about sessions that have ended.</summary>
    public IEnumerable<SessionEnded> Ended => Emissions.Where(e => e.Kind == EmissionKind.Note).Select(e => e.SessionNote).OfType<SessionEnded>();

    /// <summary>
    /// Runs a script: lines of a time in seconds, a client's name and a colon where there are several, and a packet; or <c>disk</c> for the disk's
    /// answer, <c>drain</c>, <c>end</c> for the end of input. Then runs until nothing is left to do.
    /// </summary>
    public string Run(string script)
    {
        foreach (var line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) Schedule(line);
        var emissions = byStockOperators
            ? _arrivals.ServeByStockOperators(store, limits ?? new SessionLimits(), _drain, _scheduler)
            : _arrivals.Serve(store, limits ?? new SessionLimits(), _drain, _scheduler);
        using var subscription = emissions.Subscribe(
            Note, error => Write($"OnError {error}"), () => IsCompleted = true);
        _scheduler.Start();
        if (store.OpenCount != 0) Write($"{store.OpenCount} contents left open");
        // What was cancelled does not move the clock: if it has moved, a timer outlived its session.
        if (_scheduler.Now > _lastEvent) Write("a timer was left");
        return _transcript.ToString().TrimEnd();
    }

    private void Schedule(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var time = TimeSpan.FromSeconds(double.Parse(line[..space], CultureInfo.InvariantCulture));
        var rest = line[(space + 1)..];
        var colon = rest.IndexOf(": ", StringComparison.Ordinal);
        var (client, packet) = colon > 0 ? (rest[..colon], rest[(colon + 2)..]) : ("", rest);
        _scheduler.Schedule(Epoch + time, () => Do(client, packet));
    }

    // A script's packets come from the scheduler, never inside the delivery of an emission: so the pipeline's contract wants it.
    private void Do(string client, string packet)
    {
        _lastEvent = _scheduler.Now;
        switch (packet)
        {
            case "disk":
                store.Answer();
                break;
            case "drain":
                _drain.OnNext(Unit.Default);
                break;
            case "end":
                _arrivals.OnCompleted();
                break;
            case PacketScript.Unreachable:
                _arrivals.OnNext(new Datagram(FlowOf(client), default, IsUnreachable: true));
                break;
            // An ICMP message: the MTU, and the DATA that it quotes.
            case string when packet.StartsWith("too big ", StringComparison.Ordinal):
                var words = packet.Split(' ', 4);
                _arrivals.OnNext(new Datagram(FlowOf(client), PacketScript.Encode(words[3]), PathMtu: int.Parse(words[2], CultureInfo.InvariantCulture)));
                break;
            default:
                Write(client, $"< {packet}");
                _arrivals.OnNext(new Datagram(FlowOf(client), PacketScript.Encode(packet)));
                break;
        }
    }

    /// <summary>
    /// "" is 192.0.2.1 with port 2000, "a" 192.0.2.97, and so on; a number is another port of 192.0.2.1; "port0" has no port, "lo" is on loopback.
    /// </summary>
    private static Flow FlowOf(string client) => client switch
    {
        "port0" => new Flow(Endpoint.From(IPAddress.Parse("192.0.2.1"), 0), Local),
        "lo" => new Flow(Endpoint.From(IPAddress.Loopback, 2000), Local),
        _ when int.TryParse(client, CultureInfo.InvariantCulture, out var port) => new Flow(Endpoint.From(IPAddress.Parse("192.0.2.1"), port), Local),
        _ => new Flow(Endpoint.From(IPAddress.Parse($"192.0.2.{(client.Length == 0 ? 1 : (int)client[0])}"), 2000), Local),
    };

    private void Note(Emission emission)
    {
        Emissions.Add(emission);
        _lastEvent = _scheduler.Now;
        var client = NameOf(emission.Peer?.Flow ?? emission.SessionNote.Flow);
        switch (emission.Kind)
        {
            case EmissionKind.Blocks:
                Write(client, $"> {emission}{(emission.IsRepeat ? " again" : "")}");
                Compare(emission);
                break;
            case EmissionKind.OptionAcknowledgment or EmissionKind.Error:
                Write(client, $"> {emission}{(emission.IsRepeat ? " again" : "")}");
                Assert.That(emission.WriteDatagram(0, _buffer), Is.EqualTo(emission.Length));
                break;
            default:
                Write(client, $"* {Describe(emission.SessionNote)}");
                break;
        }
    }

    private static string NameOf(Flow flow)
    {
        if (flow.Remote.IsLoopback) return "lo";
        var last = (byte)flow.Remote.Low;
        if (last != 1) return ((char)last).ToString();
        return flow.Remote.Port switch { 0 => "port0", 2000 => "", var port => port.ToString(CultureInfo.InvariantCulture) };
    }

    private void Compare(in Emission emission)
    {
        var file = FileOf(emission.Peer!.Request);
        var (size, total) = (emission.Transfer.BlockSize, 0);
        for (var number = 0; number < emission.BlockCount; number++)
        {
            var length = emission.WriteDatagram(number, _buffer);
            total += length;
            var at = (emission.FirstBlock - 1 + (long)number * emission.Step) * size;
            var expected = file.AsSpan((int)at, (int)Math.Min(size, file.Length - at));
            if (!expected.SequenceEqual(_buffer.AsSpan(PacketReader.DataOffset, length - PacketReader.DataOffset))) Write("WRONG OCTETS");
            var last = number == emission.BlockCount - 1;
            if (length - PacketReader.DataOffset != (last ? emission.LastLength : size)) Write("WRONG LENGTH");
        }

        Assert.That(total, Is.EqualTo(emission.Length));
    }

    private byte[] FileOf(Request request)
    {
        var name = request.FileName.TrimStart('/');
        if (request.TransferMode != TransferMode.Netascii) return store[name];
        if (!_encoded.TryGetValue(name, out var encoded)) _encoded[name] = encoded = EncodeNetascii(store[name]);
        return encoded;
    }

    /// <summary>RFC 764's end of line once more, without the program's own code: LF becomes CR LF, CR becomes CR NUL.</summary>
    public static byte[] EncodeNetascii(byte[] file) => Encoding.Latin1.GetBytes(
        Encoding.Latin1.GetString(file).Replace("\r", "\r\0", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    private static string Describe(SessionNote note) => note switch
    {
        SessionEnded end => string.Create(CultureInfo.InvariantCulture,
            $"{end.Outcome.Name()}: {end.Bytes} bytes, {end.Blocks} blocks, {end.Retransmissions} again{(end.Detail is { } detail ? $" ({detail})" : "")}"),
        Ignored ignored => $"ignored: {ignored.Reason}",
        Withheld withheld => $"withheld: {withheld.Bytes} bytes",
        _ => note.ToString(),
    };

    private void Write(string client, string text) => Write(client.Length == 0 ? text : $"{client}: {text}");

    private void Write(string text) => _transcript.Append(CultureInfo.InvariantCulture, $"{(_scheduler.Now - Epoch).TotalSeconds:0.000} {text}").Append('\n');
}
