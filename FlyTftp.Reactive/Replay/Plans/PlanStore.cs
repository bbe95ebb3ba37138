namespace FlyTftp.Reactive.Replay.Plans;

/// <summary>
/// The plans of all sessions, by number: in memory as long as they are few, else in temporary files, so that memory does not depend on how many there
/// are. What the file system does is an exception of <see cref="System.IO"/>.
/// </summary>
internal sealed class PlanStore : IDisposable
{
    private readonly Spool _plans = new(), _index = new();

    /// <param name="plan"><c>null</c>: there is nothing to know.</param>
    public void Add(int number, SessionPlan? plan)
    {
        if (plan is null) return;
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true)) plan.Write(writer);
        // 0 is none.
        var at = _plans.Length + 1;
        _plans.Write(_plans.Length, BitConverter.GetBytes(bytes.Length));
        _plans.Write(_plans.Length, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        _index.Write((long)number * sizeof(long), BitConverter.GetBytes(at));
    }

    public SessionPlan? Find(int number)
    {
        var at = Number(_index, (long)number * sizeof(long)) - 1;
        if (at < 0) return null;
        var bytes = new byte[Number(_plans, at)];
        _plans.Read(at + sizeof(long), bytes);
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        return SessionPlan.Read(reader);
    }

    public void Dispose()
    {
        _plans.Dispose();
        _index.Dispose();
    }

    private static long Number(Spool spool, long at)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        bytes.Clear();
        spool.Read(at, bytes);
        return BitConverter.ToInt64(bytes);
    }

    /// <summary>Bytes that are in memory until they are too many.</summary>
    private sealed class Spool : IDisposable
    {
        /// <summary>Bytes in memory.</summary>
        private const long MaxInMemory = 8 << 20;

        private Stream _stream = new MemoryStream();

        public long Length => _stream.Length;

        public void Write(long at, ReadOnlySpan<byte> bytes)
        {
            if (_stream is MemoryStream memory && at + bytes.Length > MaxInMemory)
            {
                var path = Path.Combine(Path.GetTempPath(), "flytftp-" + Path.GetRandomFileName());
                _stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
                memory.WriteTo(_stream);
                memory.Dispose();
            }

            _stream.Position = at;
            _stream.Write(bytes);
        }

        /// <summary>What is beyond the end stays as it is in <paramref name="bytes"/>.</summary>
        public void Read(long at, Span<byte> bytes)
        {
            if (at >= _stream.Length) return;
            _stream.Position = at;
            _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }

        public void Dispose() => _stream.Dispose();
    }
}
