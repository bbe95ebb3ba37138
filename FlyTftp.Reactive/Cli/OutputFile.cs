namespace FlyTftp.Reactive.Cli;

/// <summary>An <see cref="OutputTarget"/> that is open. Disposed without <see cref="Commit"/>, a regular file is as it was before.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _name;
    private readonly PartialFile? _partial;

    /// <param name="name">What it is called in an error.</param>
    public OutputFile(string name, Stream stream) => (_name, Stream) = (name, stream);

    /// <inheritdoc cref="OutputFile(string, Stream)"/>
    public OutputFile(string name, PartialFile partial) => (_name, _partial, Stream) = (name, partial, partial.Stream);

    public Stream Stream { get; }

    /// <summary>All is written: a regular file gets its name.</summary>
    /// <exception cref="IOException">The rest does not fit, or nobody reads it any more; the message is one line for the user.</exception>
    public void Commit()
    {
        try
        {
            if (_partial is null) Stream.Flush();
            else _partial.Commit();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{_name}: {OutputTarget.Explain(exception)}");
        }
    }

    public void Dispose()
    {
        if (_partial is null) Stream.Dispose();
        else _partial.Dispose();
    }
}
