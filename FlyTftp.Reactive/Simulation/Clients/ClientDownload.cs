using System.Reactive.Concurrency;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Simulation.Links;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>
/// One attempt of a client to read a file: the receiving side of RFC 1350, 2347 and 7440 with the quirks of its profile. Every byte is
/// compared as it is taken.
/// </summary>
internal sealed class ClientDownload
{
    /// <summary>Nobody's buffers are full before that. GRUB's take 50.</summary>
    private const int BlocksBeforeStall = 8;

    private static readonly TimeSpan ShortestStall = TimeSpan.FromMilliseconds(50);

    private readonly ClientProfile _profile;
    private readonly PlannedDownload _current;
    private readonly ClientPort _port;
    private readonly Action<DownloadEnd> _ended;
    private readonly SeededRandom _chance;
    private readonly IScheduler _scheduler;
    private readonly RestartableTimer _timer;
    private readonly Request _request;
    private readonly long _vanishesAt;

    private TimeSpan _wait;
    private int _tries;
    private bool _isAgreed;
    private bool _isStalled;
    private bool _hasAnsweredGap;
    private int _inWindow;
    private int _blockSize = TransferParameters.DefaultBlockSize;
    private int _windowSize = 1;
    private long _next = 1;

    public ClientDownload(
        ClientProfile profile, PlannedDownload planned, ClientPort port, Action<DownloadEnd> ended, SeededRandom chance, IScheduler scheduler)
    {
        (_profile, _current, _port, _ended, _chance, _scheduler) = (profile, planned, port, ended, chance, scheduler);
        _timer = new RestartableTimer(OnSilence, scheduler);
        _request = profile.Ask(planned.Name, profile.WindowSizeMax == 0 ? 0 : chance.Between(profile.WindowSizeMin, profile.WindowSizeMax));
        _isAgreed = _request.Options.Count == 0;
        _vanishesAt = profile.Vanishes ? chance.Between(1, 40) : long.MaxValue;
        _wait = profile.FirstWait;
    }

    /// <summary>It has ended: what still arrives is not read.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the link had lost when the last block came in order; until the second window, when the request was sent.</summary>
    public long LostAtProgress { get; private set; }

    private byte[] Bytes => _current.Expected!.Bytes;

    private long LastBlock => Bytes.Length / _blockSize + 1;

    private bool HasHeard => _next > 1 || (_isAgreed && _request.Options.Count > 0);

    public void Start()
    {
        LostAtProgress = _port.Ledger.Lost;
        _port.Send(_request);
        _timer.Set(_wait);
        if (_chance.Happens(_profile.NoiseShare)) _port.Send(_request);
    }

    public void Receive(ReadOnlySpan<byte> datagram)
    {
        if (IsOver || _isStalled) return;
        var packet = PacketReader.Read(datagram);
        switch (packet.Kind)
        {
            case PacketKind.OptionAcknowledgment:
                TakeOptions(packet.Options);
                break;
            case PacketKind.Data:
                TakeData(packet.Block, datagram[PacketReader.DataOffset..]);
                break;
            case PacketKind.Error when _current.Expected is null && packet.ErrorReport.Code == ErrorCode.FileNotFound:
                End(DownloadEnd.Refused);
                break;
            default:
                _port.Fail($"did not expect {packet}");
                break;
        }
    }

    private void TakeOptions(OptionSet granted)
    {
        if (_next > 1) return;
        if (!_isAgreed)
        {
            if (!TryAgree(granted)) return;
            Hear();
        }

        if (_current.IsProbe)
        {
            _port.Send(new ErrorReport(ErrorCode.OptionNegotiation, "User aborted the transfer"));
            End(DownloadEnd.Probed);
            return;
        }

        _port.Acknowledge(0);
    }

    private bool TryAgree(OptionSet granted)
    {
        if (GrantCheck.FindFault(_request.Options, granted, _current.Expected?.Bytes.Length) is { } fault)
        {
            _port.Fail($"was granted {fault}, which it cannot accept");
            return false;
        }

        _blockSize = GrantCheck.Value(granted, OptionSet.BlockSize) ?? _blockSize;
        _windowSize = GrantCheck.Value(granted, OptionSet.WindowSize) ?? _windowSize;
        return _isAgreed = true;
    }

    private void TakeData(BlockNumber block, ReadOnlySpan<byte> payload)
    {
        // Where only the size was asked for, a server that cannot tell it answers with DATA. What asked for more waits for its OACK.
        if (!_isAgreed && (_profile.BlockSize > 0 || _profile.WindowSizeMax > 0)) return;
        _isAgreed = true;
        var ahead = (short)(block.Value - (ushort)_next);
        if (ahead != 0)
        {
            TakeOutOfOrder(ahead);
            return;
        }

        if (_current.Expected is null || _next > LastBlock)
        {
            _port.Fail($"was sent DATA {block}, beyond the end of the file");
            return;
        }

        var from = (int)((_next - 1) * _blockSize);
        if (!payload.SequenceEqual(Bytes.AsSpan(from, Math.Min(_blockSize, Bytes.Length - from))))
        {
            _port.Fail($"was sent wrong bytes in DATA {block} (block {_next})");
            return;
        }

        _next++;
        _inWindow++;
        Progress();
        if (_next > LastBlock) Complete();
        else if (_next > _vanishesAt) End(DownloadEnd.Vanished);
        else if (_inWindow >= _windowSize) AcknowledgeOrStall();
    }

    private void TakeOutOfOrder(int ahead)
    {
        // A block from before the first is nothing that could be acknowledged.
        if (_next == 1 && _windowSize == 1) return;
        // In lock-step the block that comes again says that the ACK was lost.
        if (_windowSize > 1 && !IsAnswered(ahead)) return;
        _hasAnsweredGap = true;
        Acknowledge();
    }

    private bool IsAnswered(int ahead) => _profile.GapAnswer switch
    {
        GapAnswer.EveryBlock => true,
        GapAnswer.Once => !_hasAnsweredGap,
        // The block that it has acknowledged last, once more: that ACK was lost.
        _ when ahead == -1 && _inWindow == 0 => true,
        GapAnswer.LaterBlocks => ahead > 0 && !_hasAnsweredGap,
        _ => false,
    };

    private void AcknowledgeOrStall()
    {
        if (_next <= BlocksBeforeStall || !_chance.Happens(_profile.StallShare))
        {
            Acknowledge();
            return;
        }

        _isStalled = true;
        _timer.Stop();
        _scheduler.Schedule(_chance.Between(ShortestStall, _profile.StallMax), () =>
        {
            _isStalled = false;
            _timer.Set(_wait);
            Acknowledge();
        });
    }

    private void Acknowledge()
    {
        _inWindow = 0;
        _port.Acknowledge(_next - 1);
        if (_chance.Happens(_profile.NoiseShare)) SendNoise();
    }

    private void SendNoise()
    {
        if (_chance.Happens(0.5) && _next > _windowSize + 2) _port.Acknowledge(_chance.Between(1, (int)_next - _windowSize - 2));
        else _port.SendRubbish(_chance);
    }

    private void Complete()
    {
        _port.Acknowledge(_next - 1);
        if (_profile.SaysGoodbye) _port.Send(new ErrorReport(ErrorCode.NotDefined, "closed"));
        End(DownloadEnd.Complete);
    }

    private void Progress()
    {
        _hasAnsweredGap = false;
        // Only a block of the second window proves that the server has heard us: until then it sends everything just twice.
        if (_next > _windowSize + 1) LostAtProgress = _port.Ledger.Lost;
        Hear();
    }

    private void Hear()
    {
        _tries = 0;
        _wait = _profile.FirstWait;
        _timer.Set(_wait);
    }

    private void OnSilence()
    {
        if (IsOver) return;
        if (++_tries >= _profile.Tries)
        {
            End(DownloadEnd.GaveUp);
            return;
        }

        _wait = _wait * 2 < _profile.MaxWait ? _wait * 2 : _profile.MaxWait;
        _timer.Set(_wait);
        _hasAnsweredGap = false;
        if (!HasHeard) _port.Send(_request);
        else if (_profile.RepeatsAcks) Acknowledge();
    }

    private void End(DownloadEnd end)
    {
        IsOver = true;
        _timer.Stop();
        _ended(end);
    }
}
