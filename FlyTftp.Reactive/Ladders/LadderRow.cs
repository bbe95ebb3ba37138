using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>A line of the ladder: one datagram, or the DATA of one window that left together.</summary>
/// <param name="Count">Datagrams.</param>
/// <param name="Bytes">Of all of them.</param>
internal readonly record struct LadderRow(LadderStep First, LadderStep Last, int Count, long Bytes)
{
    /// <summary>Blocks of a window leave back to back; after a longer pause it is another one.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(50);

    public string Label => Count == 1
        ? First.Label
        : string.Create(CultureInfo.InvariantCulture, $"DATA {First.Block}..{Last.Block} ({Bytes} bytes)");

    /// <summary>Bundles windows.</summary>
    public static List<LadderRow> Bundle(IReadOnlyList<LadderStep> steps)
    {
        var rows = new List<LadderRow>(steps.Count);
        foreach (var step in steps)
        {
            if (rows.Count > 0 && rows[^1].Takes(step)) rows[^1] = rows[^1] with { Last = step, Count = rows[^1].Count + 1, Bytes = rows[^1].Bytes + step.Length };
            else rows.Add(new LadderRow(step, step, 1, step.Length));
        }

        return rows;
    }

    private bool Takes(in LadderStep next) =>
        next.Kind == PacketKind.Data && Last.Kind == PacketKind.Data && next.IsFromClient == Last.IsFromClient && next.Mark == Last.Mark
        && next.Mark != LadderMark.Difference && next.Block == BlockNumber.Of(Last.Block.Value + 1) && next.At - Last.At <= MaxPause;
}

/// <summary>A row by itself, or a run of equal exchanges that is folded away.</summary>
/// <param name="First">Number of its first row.</param>
/// <param name="Count">Rows; two an exchange.</param>
internal readonly record struct LadderFold(int First, int Count)
{
    /// <summary>Fewer exchanges are not worth a fold.</summary>
    public const int MinExchanges = 4;

    /// <summary>A longer wait is something to look at.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(250);

    public int Exchanges => Count / 2;

    /// <summary>All rows, in order. The first and the last exchange of a run stay in sight.</summary>
    public static List<LadderFold> Find(IReadOnlyList<LadderRow> rows)
    {
        var folds = new List<LadderFold>();
        for (var at = 0; at < rows.Count;)
        {
            var end = at;
            while (IsExchange(rows, end) && (end == at || IsLike(rows, end, at))) end += 2;
            if ((end - at) / 2 - 2 < MinExchanges)
            {
                folds.Add(new LadderFold(at++, 1));
                continue;
            }

            folds.Add(new LadderFold(at, 1));
            folds.Add(new LadderFold(at + 1, 1));
            folds.Add(new LadderFold(at + 2, end - at - 4));
            folds.Add(new LadderFold(end - 2, 1));
            folds.Add(new LadderFold(end - 1, 1));
            at = end;
        }

        return folds;
    }

    /// <summary>DATA and the ACK of its last block, nothing twice, neither after a long wait.</summary>
    private static bool IsExchange(IReadOnlyList<LadderRow> rows, int at) =>
        at + 1 < rows.Count
        && rows[at] is { First: { Kind: PacketKind.Data, IsFromClient: false, Mark: LadderMark.None } } data
        && rows[at + 1] is { First: { Kind: PacketKind.Acknowledgment, IsFromClient: true, Mark: LadderMark.None } acknowledgment }
        && acknowledgment.Block == data.Last.Block
        && acknowledgment.At - data.First.At <= MaxWait
        && (at == 0 || data.First.At - rows[at - 1].Last.At <= MaxWait);

    private static bool IsLike(IReadOnlyList<LadderRow> rows, int at, int model) =>
        rows[at].Count == rows[model].Count && rows[at].Bytes == rows[model].Bytes;
}
