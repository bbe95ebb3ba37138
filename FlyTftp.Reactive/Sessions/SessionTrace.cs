using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What a session that is over said and heard, as its <see cref="RunningTrace"/> has kept it. Never changes.</summary>
/// <param name="rows">In the order of time.</param>
public sealed class SessionTrace(TraceRow[] rows)
{
    public IReadOnlyList<TraceRow> Rows => rows;

    /// <summary>Rows that are not kept. They would come behind the first <see cref="RunningTrace.FirstMax"/>.</summary>
    public long LeftOut { get; init; }

    /// <summary>Bytes of payload in a full block.</summary>
    public int BlockSize { get; init; } = TransferParameters.DefaultBlockSize;

    /// <summary>Bytes of payload in the last block of a row that <see cref="TraceRow.EndsShort"/>.</summary>
    public int ShortLength { get; init; }

    /// <summary>What the ERROR said that ended it, be it the client's or ours.</summary>
    public ErrorReport? ErrorReport { get; init; }

    /// <summary>Bytes in memory that the rows take.</summary>
    public int Memory => rows.Length * TraceRow.Size;
}
