using System.Text;

namespace FlyTftp.Reactive.Cli.Watch;

/// <summary>
/// Takes log lines in the place of a terminal that shows something else, and keeps the last of them. When it is <see cref="Release"/>d the lines that
/// nobody has seen and all later ones go to the terminal. From any thread.
/// </summary>
internal sealed class LogTail(Stream terminal) : Stream
{
    /// <summary>Lines kept; of each so many characters.</summary>
    public const int LinesMax = 100, LineMax = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = [];
    private bool _isReleased;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The last lines, oldest first, without colours.</summary>
    public IReadOnlyList<string> Last(int count)
    {
        lock (_gate) return [.. _lines.Skip(Math.Max(0, _lines.Count - count)).Select(WithoutColour)];
    }

    /// <summary>Gives the terminal back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            foreach (var line in _lines) terminal.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _lines.Clear();
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                terminal.Write(buffer);
                return;
            }

            // An exception takes several lines.
            foreach (var line in Encoding.UTF8.GetString(buffer).TrimEnd('\n').Split('\n'))
            {
                if (_lines.Count == LinesMax) _lines.Dequeue();
                _lines.Enqueue(line.Length > LineMax ? line[..LineMax] : line);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => terminal.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The log colours whole lines: one sequence at the start, one at the end.</summary>
    private static string WithoutColour(string line)
    {
        if (!line.StartsWith('\e')) return line;
        var text = line[(line.IndexOf('m', StringComparison.Ordinal) + 1)..];
        var end = text.LastIndexOf('\e');
        return end < 0 ? text : text[..end];
    }
}
