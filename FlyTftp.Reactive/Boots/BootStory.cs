using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Boots;

/// <summary>Collects one boot: events in, a <see cref="Boot"/> out, at any time.</summary>
internal sealed class BootStory(long number, Endpoint client, DateTimeOffset started)
{
    /// <summary>Steps told of one boot; a machine that asks on for ever must not fill the memory.</summary>
    public const int MaxSteps = 128;

    /// <summary>Findings told of one boot.</summary>
    public const int MaxFindings = 32;

    /// <summary>Kinds, servers, and files of which it is remembered how often they were asked for.</summary>
    private const int MaxKinds = 6, MaxServers = 8, MaxNames = 64;

    /// <summary>Transfers at a time of which it is remembered that they run.</summary>
    private const int MaxTransfers = 1024;

    private readonly List<BootStep> _steps = [];
    private readonly List<BootFinding> _findings = [];
    private readonly List<ClientKind> _clients = [];
    private readonly List<Endpoint> _servers = [];
    private readonly Dictionary<string, int> _asked = [];
    private readonly HashSet<string> _found = [];
    private readonly HashSet<ushort> _running = [];
    private MissingNames _missing;
    private readonly List<BootDirection> _directions = [];
    private int _stepsLeftOut, _files;
    private long _bytes;
    private DateTimeOffset _started = started;
    private bool _isProven;

    public Endpoint Client => client;

    public bool IsProven => _isProven;

    /// <summary>A transfer of it has begun and not ended.</summary>
    public bool IsBusy => _running.Count > 0;

    /// <summary>The latest end of its events.</summary>
    public DateTimeOffset LastAt { get; private set; } = started;

    public void Add(BootEvent said)
    {
        if (said.Ended > LastAt) LastAt = said.Ended;
        // A transfer is told when it has begun, and its end knows better when that was.
        if (said.Started < _started) _started = said.Started;
        if (said is BootTransferBegan && _running.Count < MaxTransfers) _running.Add(said.Client.Port);
        else if (said is BootTransfer transfer) Add(transfer);
        else if (said is BootDirection direction) Add(direction);
    }

    public Boot Tell(bool isOver) => new(client, _started, LastAt)
    {
        Number = number,
        IsOver = isOver,
        IsBusy = IsBusy && !isOver,
        IsProven = _isProven,
        Clients = [.. _clients],
        Servers = [.. _servers],
        Steps = [.. _steps],
        Findings = [.. _findings, .. _asked.Where(static asked => asked.Value >= Boots.Findings.Restarts).Select(static asked => Boots.Findings.Restarted(asked.Key, asked.Value))],
        StepsLeftOut = _stepsLeftOut,
        Files = _files,
        Bytes = _bytes,
    };

    private void Add(BootDirection direction)
    {
        _missing = default;
        Step(direction.At, StepWords.Of(direction), isWrong: false);
        if (_directions.Count < MaxServers && (direction.Server ?? direction.File) is not null) _directions.Add(direction);
    }

    private void Add(BootTransfer transfer)
    {
        _running.Remove(transfer.Client.Port);
        _isProven |= transfer.HasAcknowledged;
        var kind = ClientKinds.Of(transfer.Request);
        if (kind != ClientKind.Unknown && _clients.Count < MaxKinds && !_clients.Contains(kind)) _clients.Add(kind);
        var server = transfer.Server with { Port = 0 };
        if (_servers.Count < MaxServers && !_servers.Contains(server)) _servers.Add(server);
        if (transfer.Ending is TransferEnding.Complete or TransferEnding.Unconfirmed)
        {
            _files++;
            _bytes += transfer.Bytes;
        }

        AddStep(transfer);
        Count(transfer);
        foreach (var finding in Findings.Of(transfer, kind)) Add(finding, transfer.Request.FileName);
        // Names that are tried on the chance do not tell where it was sent.
        if (StepWords.IsOptional(transfer.Request.FileName)) return;
        if (Findings.Astray(transfer, _directions) is { } astray) Add(astray, transfer.Request.FileName);
        _directions.Clear();
    }

    /// <summary>A run of names that are not there is one step.</summary>
    private void AddStep(BootTransfer transfer)
    {
        if (!StepWords.IsMissing(transfer))
        {
            _missing = default;
            Step(transfer.Started, StepWords.Of(transfer), StepWords.IsWrong(transfer));
            return;
        }

        var isRun = _missing.Count > 0 && _stepsLeftOut == 0;
        _missing = _missing.With(transfer.Request.FileName);
        if (isRun) _steps[^1] = _steps[^1] with { Text = _missing.ToString() };
        else Step(transfer.Started, StepWords.Of(transfer), isWrong: false);
    }

    private void Count(BootTransfer transfer)
    {
        var name = transfer.Request.FileName;
        // UEFI asks for the size first, which is no attempt; what is not there is asked for by many a loader.
        if (transfer.Ending is TransferEnding.Probe || StepWords.IsMissing(transfer)) return;
        if (_asked.TryGetValue(name, out var count) || _asked.Count < MaxNames) _asked[name] = count + 1;
    }

    private void Step(DateTimeOffset at, string text, bool isWrong)
    {
        if (_steps.Count == MaxSteps)
        {
            _stepsLeftOut++;
            return;
        }

        // What came to no end is told of late.
        var place = _steps.FindLastIndex(step => step.At <= at) + 1;
        if (place < _steps.Count) _missing = default;
        _steps.Insert(place, new BootStep(at, text, isWrong));
    }

    private void Add(BootFinding finding, string name)
    {
        if (_findings.Count < MaxFindings && _found.Add($"{(int)finding.Kind} {name}")) _findings.Add(finding);
    }

    private readonly record struct MissingNames(int Count, string First, string Last)
    {
        public MissingNames With(string name) => Count == 0 ? new(1, name, name) : new(Count + 1, First, name);

        public override string ToString() =>
            Printable.Escape($"tried {Count} names that are not there, \"{First}\" to \"{Last}\"");
    }
}
